"""The inbox: what a person is told, what is new first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notices import telling
from notices.looks import LOOKS, Look
from notices.models import Notice
from notices.preferences import choices_of, choose
from notices.sentences import sentence
from workplan.lib import clock

PAGE_SIZE = 30
#: Digits that fit any number of the database.
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Line:
    """One notice as the inbox shows it."""

    pk: int
    look: Look
    sentence: str
    at: datetime
    is_new: bool
    is_settled: bool


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user).shown().unread_first()
    page: Page[Notice] = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [_line(notice) for notice in page.object_list]
    return render(request, "notices/inbox.html", {"page": page, "lines": lines})


def _line(notice: Notice) -> Line:
    return Line(
        pk=notice.pk,
        look=LOOKS[notice.kind],
        sentence=sentence(notice.kind, notice.words),
        at=notice.created_at,
        is_new=notice.read_at is None and notice.settled_at is None,
        is_settled=notice.settled_at is not None,
    )


@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the page a notice is about; whoever goes there has read it."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    if request.method == "GET":
        telling.mark_read(request.user, now=clock.now(), only=[pk])
    return redirect(notice.path)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all."""
    named = [int(text) for text in request.POST.getlist("notice") if _is_number(text)]
    only = None if "all" in request.POST else named
    count = telling.mark_read(request.user, now=clock.now(), only=only)
    said = ngettext("已标为已读：%(count)s 条。", "已标为已读：%(count)s 条。", count) % {"count": count}
    messages.success(request, said if count else _("没有新的通知。"))
    return redirect("notices:inbox")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Let the person choose what reaches them and how, and the language of their mail."""
    person = request.user
    if request.method == "POST":
        language = request.POST.get("language", "")
        choose(
            person,
            by_inbox=request.POST.getlist("inbox"),
            by_mail=request.POST.getlist("mail"),
            language=language if language in dict(settings.LANGUAGES) else person.language,
        )
        messages.success(request, _("通知设置已保存。"))
        return redirect("notices:preferences")
    context = {
        "choices": [(choice, LOOKS[choice.kind]) for choice in choices_of(person)],
        "languages": settings.LANGUAGES,
        "mail_on": settings.MAIL_ON,
        "digest_hour": settings.MAIL_DIGEST_HOUR,
    }
    return render(request, "notices/preferences.html", context)
