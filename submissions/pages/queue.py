"""The reviewer's queue: what awaits the person's decision, oldest first, each report with its marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import permissions
from accounts.models import Region, ReportingUnit, User
from submissions import timeliness, waiting, workdays
from submissions.approving import clean, held_back, marked
from submissions.calendar import past_due
from submissions.models import Figure, Filing, MonthlyReport, Outcome, ReportingMonth
from submissions.pages.due import month_words
from submissions.pages.followed import followed
from submissions.timeliness import Arrival
from submissions.workflow import is_locked

PAGE_SIZE = 50
_CONTENT = ("indicator_id", "state", "value", "numerator", "denominator", "persons", "parts_told", "note")

#: What the queue can be narrowed to, by the word in its address.
STATES: Mapping[str, str | Promise] = {
    "clean": gettext_lazy("无疑点"),
    "explained": gettext_lazy("有说明"),
    "answered": gettext_lazy("退回后重报或更正"),
    "late": gettext_lazy("迟报"),
    "below": gettext_lazy("等下级负责人审核"),
    "waiting": gettext_lazy("等下级单位"),
}


@dataclass(frozen=True)
class Waiting:
    """One report in the queue."""

    report: MonthlyReport
    n_explained: int
    #: Figures reported as missing, with a note.
    n_silent: int
    #: How many figures differ from the filing decided on before; None where there is none.
    n_changed: int | None
    is_late: bool
    is_own: bool
    #: Nothing in it asks to be read: it may be approved with others at once.
    is_clean: bool
    #: Working days since it was handed in.
    n_days: int
    #: Units below it that its approval waits for.
    n_below: int
    #: The closing of its month holds it: nobody decides on it before it is reopened.
    is_locked: bool

    @property
    def reviewer(self) -> str:
        """Who has to decide on it: the leader of the unit above, or the ministry."""
        above = self.report.unit.parent
        return _("%(above)s负责人") % {"above": above.label} if above is not None and above.level else _("部级审核人")


@dataclass(frozen=True)
class Narrowed:
    """What the person narrowed the queue to."""

    month: ReportingMonth | None = None
    unit: ReportingUnit | None = None
    region: str = ""
    state: str = ""

    @property
    def query(self) -> str:
        """The same choice as an address carries it."""
        given = {"month": self.month, "unit": self.unit and self.unit.code, "region": self.region, "state": self.state}
        return urlencode({name: str(value) for name, value in given.items() if value})

    @property
    def carried(self) -> str:
        """What the address of a report says of the queue it was opened from; nothing of the whole one."""
        return f"?{urlencode({'queue': self.query})}" if self.query else ""

    @property
    def told(self) -> list[str]:
        """The same choice in words."""
        month, unit = self.month and month_words(self.month.month), self.unit and self.unit.label
        region = Region(self.region).label if self.region else ""
        return [str(one) for one in (month, region, unit, STATES.get(self.state, "")) if one]


WHOLE_QUEUE = Narrowed()


@dataclass(frozen=True)
class NotIn:
    """Who has not handed in for a month that can still be filed for."""

    period: ReportingMonth
    units: list[ReportingUnit]
    n_due: int


@dataclass(frozen=True)
class QueuePage:
    waiting: list[Waiting]
    page: Page[MonthlyReport]
    months: list[ReportingMonth]
    units: list[ReportingUnit]
    by: Narrowed
    #: How many of the queue, as narrowed, may be approved at once.
    n_clean: int
    #: None for those who do not remind anybody, and where no month is past its due date and open.
    not_in: NotIn | None

    @property
    def regions(self) -> list[tuple[str, str | Promise]]:
        return list(Region.choices)

    @property
    def states(self) -> list[tuple[str, str | Promise]]:
        return list(STATES.items())


def narrowed_queue(person: User, by: Narrowed) -> object:
    """Return the person's queue as narrowed, marked, oldest first."""
    reports = marked(MonthlyReport.objects.reviewable_by(person).awaiting_review(), person).oldest_first()
    if by.month is not None:
        reports = reports.filter(period=by.month)
    if by.unit is not None:
        reports = reports.filter(unit=by.unit)
    if by.region:
        reports = reports.filter(unit__region=by.region)
    if by.state == "clean":
        return clean(reports, person)
    if by.state == "waiting":
        return reports.filter(pk__in=held_back(reports))
    kept = {
        "explained": Q(n_explained__gt=0),
        "answered": Q(is_refiled=True),
        "late": Q(filing__supersedes=None, came_at__date__gt=F("period__due_on"))
        & (Q(extended_until=None) | Q(came_at__date__gt=F("extended_until"))),
        "below": Q(unit__parent__level__gt=0),
    }
    return reports.with_deadline().filter(kept[by.state]) if by.state in kept else reports


def queue_page(person: User, by: Narrowed, *, today: date, page: str = "1") -> QueuePage:
    """Return one page of the queue."""
    mine = MonthlyReport.objects.reviewable_by(person).awaiting_review()
    narrowed = narrowed_queue(person, by)
    page_shown = Paginator(narrowed.with_people(), PAGE_SIZE).get_page(page)
    clean_ones = _clean_ones(narrowed, person)
    return QueuePage(
        waiting=_waiting(person, list(page_shown.object_list), clean_ones, today),
        page=page_shown,
        months=list(ReportingMonth.objects.filter(reports__in=mine).distinct().order_by("month")),
        units=list(ReportingUnit.objects.filter(reports__in=mine).distinct().order_by("position", "code")),
        by=by,
        n_clean=len(clean_ones),
        not_in=_not_in(person, by.month, today) if permissions.may_publish(person) else None,
    )


def all_waiting(person: User, by: Narrowed, *, today: date) -> list[Waiting]:
    """Return the whole queue as narrowed, every report as its page shows it."""
    narrowed = narrowed_queue(person, by)
    return _waiting(person, list(narrowed.with_people()), _clean_ones(narrowed, person), today)


def _clean_ones(narrowed: object, person: User) -> set[int]:
    return set(clean(narrowed, person).order_by().values_list("pk", flat=True))


def _waiting(person: User, reports: list[MonthlyReport], clean_ones: set[int], today: date) -> list[Waiting]:
    """Return the reports with their marks; the number of queries does not depend on them."""
    changed, below = _n_changed(reports), waiting.waited_for(reports)
    since = min((timezone.localdate(one.begun_filing.submitted_at) for one in reports), default=today)
    offices = workdays.working_days(since, today)
    return [
        Waiting(
            report=report,
            n_explained=report.n_explained,
            n_silent=report.n_silent,
            n_changed=changed.get(report.pk),
            is_late=report.is_filed_late(report.begun_filing),
            is_own=report.begun_filing.submitted_by == person,
            is_clean=report.pk in clean_ones,
            n_days=offices.between(timezone.localdate(report.begun_filing.submitted_at), today),
            n_below=len(below[report.pk]),
            is_locked=is_locked(report),
        )
        for report in reports
    ]


def _not_in(person: User, asked: ReportingMonth | None, today: date) -> NotIn | None:
    """Return who is missing in the month asked for, else in the newest one past its due date."""
    period = asked or past_due(today).filter(closed_at=None).first()
    if period is None or period.is_closed or not period.is_open_on(today):
        return None
    found = timeliness.records(followed(person, period.plan).units, [period], today=today)
    due = [one for one in found if one.count(Arrival.NOT_DUE) == 0]
    return NotIn(period, [one.unit for one in due if one.count(Arrival.MISSING, Arrival.PENDING)], len(due))


def next_after(person: User, decided: MonthlyReport, by: Narrowed) -> MonthlyReport | None:
    """Return the report the person decides on next: the one behind the decided one in the narrowed queue, or its first.

    Left out is what the person submitted and what its closed month holds. ``decided`` is the report as it was read.
    """
    waiting = narrowed_queue(person, by).not_locked()
    waiting = waiting.exclude(filing__submitted_by=person).select_related("unit", "period")
    place = decided.begun_filing.submitted_at
    behind = Q(filing__submitted_at__gt=place) | Q(filing__submitted_at=place, pk__gt=decided.pk)
    return waiting.filter(behind).first() or waiting.first()


def _n_changed(reports: Iterable[MonthlyReport]) -> dict[int, int]:
    """Count, for each report decided on before, the figures that differ from the newest filing so decided."""
    decided = Filing.objects.filter(
        report__in=[report.pk for report in reports], outcome__in=[Outcome.RETURNED, Outcome.APPROVED]
    )
    newest = dict(decided.order_by("report", "number").values_list("report", "pk"))
    current = {report.filing_id: report.pk for report in reports if report.pk in newest}
    of_report = current | {filing: report for report, filing in newest.items()}
    rows: dict[int, set[tuple[object, ...]]] = defaultdict(set)
    told = Figure.objects.filter(filing__in=of_report).annotate(parts_told=Cast("parts", TextField()))
    for filing, *content in told.values_list("filing", *_CONTENT):
        rows[filing].add(tuple(content))
    return {report: len({row[0] for row in rows[filing] ^ rows[newest[report]]}) for filing, report in current.items()}
