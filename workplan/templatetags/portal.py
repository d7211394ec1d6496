"""The portal's components: how a verdict looks everywhere, how a bar is drawn, what the navigation offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy, to_locale

from targets.deadlines import Delay
from targets.goals import Status
from workplan.templatetags.figures import number, points

register = template.Library()

Number = Decimal | int


class Look(NamedTuple):
    """How a state is shown: never by colour alone."""

    word: str | Promise
    shape: str
    tone: str


#: The one mapping from the verdict of the measures to what people read.
STATUS_LOOKS: Mapping[Status, Look] = {
    Status.COMPLETED: Look(gettext_lazy("已完成"), "✔", "completed"),
    Status.ON_SCHEDULE: Look(gettext_lazy("达到序时进度"), "▲", "on-schedule"),
    Status.LAGGING: Look(gettext_lazy("略有滞后"), "●", "lagging"),
    Status.BEHIND: Look(gettext_lazy("滞后"), "▼", "behind"),
    Status.BREACHED: Look(gettext_lazy("突破"), "✖", "breached"),
    Status.NOT_REPORTED: Look(gettext_lazy("未报"), "–", "not-reported"),
    Status.NOT_DUE: Look(gettext_lazy("未到报送期"), "○", "not-due"),
}

#: The states of a report, by `submissions.models.ReportStatus`; "" is a report nobody has begun.
REPORT_LOOKS: Mapping[str, Look] = {
    "": Look(gettext_lazy("未填报"), "○", "not-due"),
    "DRAFT": Look(gettext_lazy("草稿"), "◇", "draft"),
    "SUBMITTED": Look(gettext_lazy("待审核"), "◆", "submitted"),
    "RETURNED": Look(gettext_lazy("已退回"), "▼", "lagging"),
    "APPROVED": Look(gettext_lazy("已通过"), "✔", "completed"),
}


#: The states of a milestone, by `submissions.models.MilestoneProgress`; "" is one nobody has reported on.
MILESTONE_LOOKS: Mapping[str, Look] = {
    "": Look(gettext_lazy("未报"), "–", "not-reported"),
    "NOT_STARTED": Look(gettext_lazy("未启动"), "○", "not-due"),
    "IN_PROGRESS": Look(gettext_lazy("推进中"), "▶", "draft"),
    "SUBMITTED": Look(gettext_lazy("已报审"), "◆", "submitted"),
    "ISSUED": Look(gettext_lazy("已完成（印发）"), "✔", "completed"),
    "CARRIED_OVER": Look(gettext_lazy("结转下年"), "↷", "lagging"),
    "RENAMED": Look(gettext_lazy("更名或合并"), "⇄", "not-reported"),
    "CANCELLED": Look(pgettext_lazy("milestone", "取消"), "✕", "not-reported"),
}

#: The states of an evidence file, by `submissions.models.EvidenceState`.
EVIDENCE_LOOKS: Mapping[str, Look] = {
    "CLEAN": Look(gettext_lazy("可下载"), "✔", "completed"),
    "QUARANTINED": Look(gettext_lazy("已隔离"), "✖", "breached"),
}

#: Why a milestone is late, by `targets.deadlines.Delay`.
DELAY_LOOKS: Mapping[Delay, Look] = {
    Delay.OVERDUE: Look(gettext_lazy("逾期"), "▼", "behind"),
    Delay.SILENT: Look(gettext_lazy("本期未报"), "●", "lagging"),
}


@register.filter
def bcp47(language_code: str) -> str:
    """Write a language as browsers and screen readers know it: zh-Hans, en."""
    return to_locale(language_code).replace("_", "-")


@register.filter
def short_month(month: date) -> str:
    """Name a month where the year is plain from what stands around it: 9月, Sep.

    >>> short_month(date(2007, 9, 1))
    '9月'
    """
    return date_format(month, pgettext("date format", "n月"))


# Verdicts --------------------------------------------------------------------------------------


@register.filter
def status_label(status: Status | str | None) -> str:
    """Name a verdict in the reader's language; nothing where there is no target."""
    return "" if status is None else str(STATUS_LOOKS[Status(status)].word)


@register.filter
def status_shape(status: Status | str | None) -> str:
    """Return the shape that stands beside the word and survives a grey print."""
    return "" if status is None else STATUS_LOOKS[Status(status)].shape


@register.filter
def status_tone(status: Status | str | None) -> str:
    """Return the name of the verdict's colours in the stylesheet."""
    return "none" if status is None else STATUS_LOOKS[Status(status)].tone


@register.inclusion_tag("components/status_pill.html")
def status_pill(status: Status | str | None, url: str = "") -> dict[str, object]:
    """Show a verdict as a pill: word, shape and colour; it opens its reasons where they have an address."""
    return {} if status is None else {**_shown(STATUS_LOOKS[Status(status)]), "url": url}


@register.inclusion_tag("components/status_pill.html")
def reasoned_pill(row: object) -> dict[str, object]:
    """Show the verdict on a row of progress as a pill that opens its reasons; nothing opens without one."""
    status = getattr(row, "status", None)
    if status is None:
        return {}
    url = reverse("reporting:reasons", args=[row.indicator.code])
    return {**_shown(STATUS_LOOKS[Status(status)]), "url": f"{url}?month={row.month:%Y-%m}&unit={row.unit.code}"}


@register.inclusion_tag("components/status_pill.html")
def report_pill(status: str | None) -> dict[str, object]:
    """Show where a report stands as a pill; None or "" is a report nobody has begun."""
    return _shown(REPORT_LOOKS[status or ""])


@register.inclusion_tag("components/status_pill.html")
def milestone_pill(state: str | None) -> dict[str, object]:
    """Show where a milestone stands as a pill; None or "" is one nobody has reported on."""
    return _shown(MILESTONE_LOOKS[state or ""])


@register.inclusion_tag("components/status_pill.html")
def evidence_pill(state: str) -> dict[str, object]:
    """Show whether an evidence file may be downloaded as a pill."""
    return _shown(EVIDENCE_LOOKS[state])


@register.inclusion_tag("components/delay_pill.html")
def delay_pill(delay: Delay | None, count: int | None = None) -> dict[str, object]:
    """Show why a milestone is late, with how many are where they are counted; nothing where none is."""
    return {} if delay is None or count == 0 else {**_shown(DELAY_LOOKS[Delay(delay)]), "count": count}


@register.filter
def delay_label(delay: Delay | None) -> str:
    return "" if delay is None else str(DELAY_LOOKS[delay].word)


@register.inclusion_tag("components/status_pill.html")
def pill(word: str, shape: str, tone: str) -> dict[str, object]:
    """Show any other state as a pill; the tones are those of the stylesheet (`.pill--…`)."""
    return _shown(Look(word, shape, tone))


def _shown(look: Look) -> dict[str, object]:
    return {"word": look.word, "shape": look.shape, "tone": look.tone}


# Figures held against their targets -----------------------------------------------------------


@register.inclusion_tag("components/bullet_bar.html")
def bullet_bar(line: object) -> dict[str, object]:
    """Draw the bar of a line (`reporting.pages.tables`): its `bullet`, coloured by its row's verdict."""
    words = (line.done, status_label(line.row.status))
    return {
        "bullet": line.bullet,
        "tone": status_tone(line.row.status),
        "label": " · ".join(word for word in words if word),
    }


@register.simple_tag
def signed_number(value: Number | None, unit_of_measure: str, scale: Number = 1) -> str:
    """Show a deviation in a table cell, whose header says the unit; rates differ by points.

    >>> signed_number(Decimal(-50_000), "PERSON", 10_000), signed_number(Decimal("0.006"), "RATE")
    ('−5.0', '+0.6')
    """
    if value is None or unit_of_measure == "RATE":
        return points(value)
    text = number(value, unit_of_measure, scale)
    return f"+{text}" if value > 0 and text.strip("0.") else text


# Navigation ------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One line of the main navigation: where it leads, who is offered it, which pages stand under it."""

    label: str | Promise
    view: str
    right: str
    under: tuple[str, ...]


ENTRIES = (
    Entry(gettext_lazy("领导一屏"), "reporting:leader", "may_see_leader_page", ("leader",)),
    Entry(
        gettext_lazy("全国概览"),
        "reporting:overview",
        "may_read_figures",
        ("overview", "indicator", "unit", "trace", "reasons", "compare"),
    ),
    Entry(gettext_lazy("分区域"), "reporting:regions", "may_read_figures", ("regions", "region-reasons")),
    Entry(
        gettext_lazy("数据透视"),
        "reporting:explore",
        "may_read_figures",
        ("explore", "views", "view-new", "view-edit"),
    ),
    Entry(gettext_lazy("工作要点"), "reporting:board", "may_read_figures", ("board", "item")),
    Entry(gettext_lazy("预警"), "reporting:warnings", "may_read_figures", ("warnings", "warning", "warning-answer")),
    Entry(
        gettext_lazy("考核"),
        "reporting:assessments",
        "may_read_figures",
        ("assessments", "assessment", "assessment-fill", "assessment-act", "assessment-publish"),
    ),
    Entry(
        gettext_lazy("我的报表"),
        "submissions:my-work",
        "may_file",
        ("my-work", "report", "check", "receipt", "grid", "workbook", "uploaded", "imports"),
    ),
    Entry(gettext_lazy("审核"), "submissions:queue", "may_review", ("queue", "approve-clean")),
    Entry(
        gettext_lazy("报送日历"),
        "submissions:calendar",
        "may_read_figures",
        ("calendar", "calendar-month", "calendar-act"),
    ),
    Entry(gettext_lazy("审核规则"), "submissions:rules", "may_read_figures", ("rules",)),
    Entry(gettext_lazy("接口文档"), "api:docs", "is_person", ()),
    Entry(gettext_lazy("管理"), "admin:index", "may_open_admin", ()),
)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool


@register.inclusion_tag("components/main_nav.html", takes_context=True)
def main_nav(context: Context) -> dict[str, object]:
    """Show the entries the person may follow, the one the page stands under marked.

    A page that stands under another entry than its address tells names that as ``stands_under``.
    """
    request, under = context.get("request"), context.get("stands_under")
    offered = (_link(entry, request, under) for entry in ENTRIES if not entry.right or context.get(entry.right))
    return {"entries": [link for link in offered if link is not None]}


def _link(entry: Entry, request: HttpRequest | None, under: str | None) -> Link | None:
    try:
        url = reverse(entry.view)
    except NoReverseMatch:  # an app that is not mounted offers nothing
        return None
    match = getattr(request, "resolver_match", None)
    is_current = match is not None and (match.view_name == entry.view or match.url_name in entry.under)
    is_current = entry.view == under if under else is_current
    return Link(str(entry.label), url, is_current)
