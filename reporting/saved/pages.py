"""The list of a person's views and of the files made for them, and the page of one view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ReportingUnit, User
from reporting.explorer.asked import Axis
from reporting.explorer.readings import Measure
from reporting.pages.words import month_words
from reporting.saved import timing
from reporting.saved.kinds import KINDS
from reporting.saved.models import (
    ExportRun,
    ExportSchedule,
    FileFormat,
    Rhythm,
    RunState,
    SavedView,
    ScheduleEnd,
    ViewKind,
    ViewMonths,
)
from reporting.saved.worker import calendar_days
from targets import periods
from targets.models import Indicator
from workplan.lib.words import listed
from workplan.templatetags.portal import Look

MOST_RUNS = 40
_LOOKS = {
    RunState.WAITING: Look(RunState.WAITING.label, "○", "draft"),
    RunState.DONE: Look(RunState.DONE.label, "✔", "completed"),
    RunState.FAILED: Look(RunState.FAILED.label, "✖", "behind"),
}
_EXPIRED = Look(gettext_lazy("已到期"), "–", "not-reported")


@dataclass(frozen=True)
class ViewLine:
    """One view of the list."""

    view: SavedView
    is_own: bool
    told: tuple[str, ...]
    files: tuple[FileFormat, ...]
    #: The person's own; what others schedule is theirs.
    n_schedules: int


@dataclass(frozen=True)
class RunLine:
    """One export that was made, waits or was given up."""

    run: ExportRun
    period: str

    @property
    def look(self) -> Look:
        if self.run.state == RunState.DONE and not self.run.is_kept:
            return _EXPIRED
        return _LOOKS[RunState(self.run.state)]

    @property
    def days_left(self) -> int:
        return (timezone.localdate(self.run.expires_at) - timezone.localdate()).days

    @property
    def may_retry(self) -> bool:
        return self.run.state == RunState.FAILED and self.run.schedule.ended_at is None


@dataclass(frozen=True)
class ViewsPage:
    own: list[ViewLine]
    shared: list[ViewLine]
    runs: list[RunLine]


@dataclass(frozen=True)
class ScheduleLine:
    """One schedule of a view; `next_on` None where nobody can say yet."""

    schedule: ExportSchedule
    next_on: date | None

    @property
    def ended_words(self) -> str:
        return str(ScheduleEnd(self.schedule.ended_because).label) if self.schedule.ended_because else ""

    @property
    def waits_for_publication(self) -> bool:
        return self.schedule.rhythm == Rhythm.AFTER_PUBLICATION


def views_page(person: User) -> ViewsPage:
    """Return the person's views, what is shared with them, and the newest files; the queries do not grow with them."""
    lines = view_lines(SavedView.objects.visible_to(person).with_schedules().order_by("name", "pk"), person)
    return ViewsPage(
        own=[line for line in lines if line.is_own],
        shared=[line for line in lines if not line.is_own],
        runs=_runs(person),
    )


def view_lines(found: Iterable[SavedView], person: User) -> list[ViewLine]:
    """Return the lines of views read with their schedules; two queries for all."""
    views = list(found)
    queries = {view.pk: QueryDict(view.query) for view in views}
    names = _names(queries.values())
    return [
        ViewLine(
            view=view,
            is_own=view.owner_id == person.pk,
            told=tuple(_told(view, queries[view.pk], names)),
            files=KINDS[view.kind].formats,
            n_schedules=len(view.running) if view.owner_id == person.pk else 0,
        )
        for view in views
    ]


def told_of(view: SavedView) -> list[str]:
    """Return what a view shows, in words."""
    query = QueryDict(view.query)
    return list(_told(view, query, _names([query])))


def _names(queries: Iterable[QueryDict]) -> Mapping[str, str]:
    """Return the names of the units and indicators that addresses mention, by code; two queries."""
    queries = list(queries)
    units = {code for query in queries for name in ("unit", "below") for code in query.getlist(name)}
    indicators = {code for query in queries for code in query.getlist("indicator")}
    found: list[ReportingUnit | Indicator] = [
        *ReportingUnit.objects.filter(code__in=units),
        *Indicator.objects.filter(code__in=indicators),
    ]
    return {one.code: one.short_label if isinstance(one, Indicator) else one.label for one in found}


def _told(view: SavedView, query: QueryDict, names: Mapping[str, str]) -> Iterable[str]:
    yield view.get_kind_display()
    if view.kind == ViewKind.EXPLORE:
        yield _("%(rows)s × %(columns)s") % {
            "rows": Axis(query["rows"]).label,
            "columns": Axis(query["cols"]).label,
        }
        yield listed(Measure(one).label for one in query.getlist("measure"))
    for name in ("below", "unit", "indicator"):
        known = [names[code] for code in query.getlist(name) if code in names]
        if known and not (name == "below" and query.get("unit")):
            yield _some(known)
    if query.get("item"):
        yield _("第%(number)s项") % {"number": query["item"]}
    yield _months_told(view, query)


def _some(words: list[str]) -> str:
    if len(words) <= 3:
        return listed(words)
    return _("%(first)s等%(n)d项") % {"first": listed(words[:2]), "n": len(words)}


def _months_told(view: SavedView, query: QueryDict) -> str:
    if view.months == ViewMonths.FIXED and query.get("month"):
        return _some([month_words(periods.parse_month(text)) for text in query.getlist("month")])
    return view.get_months_display()


# Files -----------------------------------------------------------------------------------------


def _runs(person: User) -> list[RunLine]:
    runs = ExportRun.objects.visible_to(person).select_related("schedule__view")
    return [RunLine(run, _period_words(run.period)) for run in runs.order_by("-pk")[:MOST_RUNS]]


def _period_words(period: str) -> str:
    year, _dash, week = period.partition("-W")
    if week:
        return _("%(year)s年第%(week)d周") % {"year": year, "week": int(week)}
    return month_words(periods.parse_month(period))


def file_name(run: ExportRun) -> str:
    """Return what the file is called: as its owner called the view, and for which month or week."""
    return f"{run.schedule.view.name}_{run.period}.{run.schedule.file_format}"


# One view --------------------------------------------------------------------------------------


def schedule_lines(view: SavedView, *, now: datetime) -> list[ScheduleLine]:
    """Return the schedules of a view, the running ones first."""
    days = calendar_days()
    lines = [
        ScheduleLine(one, timing.next_on(one.rhythm, days, today=now.date())) for one in view.schedules.order_by("pk")
    ]
    return sorted(lines, key=lambda line: line.schedule.ended_at is not None)


def export_address(view: SavedView, query: QueryDict, form: str) -> str:
    """Return where the view is had as a file now."""
    query["format"] = form
    return f"{reverse(f'reporting:export-{KINDS[view.kind].export}')}?{query.urlencode()}"
