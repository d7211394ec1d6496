"""What the ministry does with a reporting month: opens, closes, reopens and publishes it (its dates: `schedule`).

Closing takes the month's row alone, while everybody who moves a report shares it (`services`): nothing
slips in behind a closing.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import ReportingUnit, User
from submissions import announcing, signals
from submissions.models import Decision, ReportingMonth
from targets import periods
from workplan.lib.refusals import Refused
from workplan.lib.words import month_lazily

LONGEST_REASON = 500


class NotYourMonth(Refused):
    """The person may not move the calendar."""

    code = "not_permitted"
    http_status = 403


class ReasonMissing(Refused):
    """What changes the calendar for others says why."""

    code = "comment_required"
    http_status = 400


class MonthUnchanged(Refused):
    """The month stands already where it was to be moved, or cannot be moved there yet."""

    code = "wrong_status"


# What the ministry does with a month -----------------------------------------------------------


@transaction.atomic
def open_month(period: ReportingMonth, *, by: User, now: datetime) -> ReportingMonth:
    """Let units file for a month from today on, before its first day.

    :raises Refused: the month is open already, or the calendar is not the person's to move.
    """
    period = held(period, by)
    if period.is_open_on(now.date()):
        raise MonthUnchanged(
            _("%(month)s已自 %(opens_on)s 起开放填报。"), month=month_lazily(period.month), opens_on=period.opens_on
        )
    period.opens_on = now.date()
    period.save(update_fields=["opens_on"])
    announcing.announce_opening(period, by=by, now=now)
    record("month.open", period, by)
    return period


@transaction.atomic
def close_month(period: ReportingMonth, *, by: User, now: datetime) -> ReportingMonth:
    """Lock the month's reports; from here on each needs reopening with a reason.

    :raises Refused: the month is closed already or not open yet, or the calendar is not the person's to move.
    """
    period = held(period, by)
    if period.is_closed:
        raise MonthUnchanged(
            _("%(month)s已于 %(closed_at)s 关闭。"),
            month=month_lazily(period.month),
            closed_at=_minute(period.closed_at),
        )
    _refuse_before_opening(period, now)
    # Those who held the month before us may carry a later time: the closing comes after all of them.
    newest = Decision.objects.filter(report__period=period).aggregate(at=Max("at"))["at"]
    period.closed_at, period.closed_by = max(now, newest or now), by
    period.save(update_fields=["closed_at", "closed_by"])
    record("month.close", period, by)
    return period


@transaction.atomic
def reopen_month(period: ReportingMonth, *, by: User, now: datetime, reason: str) -> ReportingMonth:
    """Take back a closing: the month's reports move again as its dates allow.

    :raises Refused: the month is not closed, no reason is given, or the calendar is not the person's to move.
    """
    period = held(period, by)
    if not period.is_closed:
        raise MonthUnchanged(_("%(month)s没有关闭。"), month=month_lazily(period.month))
    said = require_reason(reason)
    period.closed_at = period.closed_by = None
    period.save(update_fields=["closed_at", "closed_by"])
    record("month.reopen", period, by, reason=said)
    return period


@transaction.atomic
def publish_month(period: ReportingMonth, *, by: User, now: datetime) -> ReportingMonth:
    """Freeze what the month stands at and show its approved figures to every bureau; it is never taken back.

    What is approved later joins the totals as a revision, beside what was published.

    :raises Refused: it is published already or not open yet, or the calendar is not the person's to move.
    """
    _hold_earlier(period)
    period = held(period, by)
    if period.is_published:
        raise MonthUnchanged(
            _("%(month)s已于 %(published_at)s 发布。"),
            month=month_lazily(period.month),
            published_at=_minute(period.published_at),
        )
    _refuse_before_opening(period, now)
    period.published_at, period.published_by = now, by
    period.save(update_fields=["published_at", "published_by"])
    record("month.publish", period, by)
    signals.month_published.send(sender=ReportingMonth, period=period, by=by, now=now)
    return period


def _hold_earlier(period: ReportingMonth) -> None:
    """Keep the reports of the earlier months still, in the order of time: their figures are in this month's totals."""
    earlier = ReportingMonth.objects.filter(plan_id=period.plan_id, month__lt=period.month)
    list(earlier.order_by("month").select_for_update().values_list("pk"))


def held(period: ReportingMonth, by: User) -> ReportingMonth:
    """Return the month as it is now, nobody else's until the transaction ends.

    :raises NotYourMonth: the calendar is not the person's to move.
    """
    if not permissions.may_publish(by):
        raise NotYourMonth(_("开放、关闭和发布报告期由部级审核人办理。"))
    return ReportingMonth.objects.select_for_update().get(pk=period.pk)


def _refuse_before_opening(period: ReportingMonth, now: datetime) -> None:
    if not period.is_open_on(now.date()):
        raise MonthUnchanged(_("%(month)s自 %(opens_on)s 起填报，现在还不能关闭或发布。"),
                             month=month_lazily(period.month), opens_on=period.opens_on)  # fmt: skip


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def require_reason(text: str) -> str:
    """Return the reason without blanks around it.

    :raises ReasonMissing: it says nothing, or more than fits.
    """
    said = text.strip()
    if not said:
        raise ReasonMissing(_("请写明原因。"))
    if len(said) > LONGEST_REASON:
        raise ReasonMissing(_("原因最多 %(limit)s 个字，现有 %(length)s 个。"), limit=LONGEST_REASON, length=len(said))
    return said


def record(action: str, period: ReportingMonth, by: User, **details: object) -> None:
    """Write what was done with the month into the audit trail."""
    audit.record(action, by=by, obj=period, details={"month": periods.format_month(period.month), **details})


# Which month a page opens with -----------------------------------------------------------------


def past_due(today: date) -> QuerySet[ReportingMonth]:
    """Return the months whose due date lies before today, newest first."""
    return ReportingMonth.objects.filter(due_on__lt=today).order_by("-month")


def default_period(
    person: permissions.Person, today: date, *, unit: ReportingUnit | None = None
) -> ReportingMonth | None:
    """Return the month that a page about the unit opens with; None before the first.

    It is the newest month past its due date; where the person may see the figures of published months only
    (those of another unit, or without a unit of the whole country), the newest published of these.
    """
    months = past_due(today)
    sees_unpublished = (
        permissions.sees_all_approved(person) if unit is None else permissions.sees_unpublished(person, unit)
    )
    return months.first() if sees_unpublished else months.filter(published_at__isnull=False).first()
