"""What the frame around every page needs to know."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import permissions
from notices.models import Notice
from workplan.lib import clock
from workplan.themes import theme_of


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the business date, the demo banner and what the person's navigation offers."""
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    return {
        "theme": theme_of(request),
        "business_date": clock.today(),
        "support_contact": settings.SUPPORT_CONTACT,
        "business_date_is_set": bool(settings.BUSINESS_DATE),
        "access": permissions.access(person) if signed_in else None,
        "n_unread": SimpleLazyObject(lambda: Notice.objects.visible_to(person).shown().unread().count()),
        # A screen on a wall has no inbox, no profile, and nothing to look up.
        "is_person": signed_in and not permissions.is_wall_display(person),
        "may_file": signed_in and permissions.may_file_at_all(person),
        "may_review": signed_in and permissions.may_review_at_all(person),
        "may_read_figures": signed_in and permissions.has_business_role(person),
        "may_see_leader_page": signed_in and permissions.may_see_leader_page(person),
        "may_open_admin": signed_in and permissions.may_open_admin(person),
    }
