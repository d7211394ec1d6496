"""What an import would do: every row held against what is stored, every refusal at once, nothing written."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial

from django.utils.translation import gettext_noop

from accounts.models import User
from submissions import workflow
from submissions.batches import DraftChange
from submissions.bulk.changes import CellChange
from submissions.bulk.milestones import filed_by_each, plan_milestones
from submissions.bulk.places import Place, Places
from submissions.bulk.repeats import code_of, without_repeats
from submissions.bulk.rows import CELLS, WHOLE_ROW, RowFault, Source, SourceRow, in_order
from submissions.bulk.strategy import Strategy
from submissions.intake import (
    PART_PREFIX,
    Complaint,
    FigureInput,
    FigureReader,
    InputRefused,
    MilestoneInput,
    read_explanations,
)
from submissions.models import Figure, FigureState, MonthlyReport, Verb
from targets import measures
from targets.models import Indicator
from workplan.lib import numbers
from workplan.lib.refusals import Refused
from workplan.lib.words import Said


class Mode(StrEnum):
    """What becomes of the good reports of a batch that also holds bad ones."""

    WHOLE = "whole"
    PARTIAL = "partial"


@dataclass
class ReportPlan:
    """What the batch means for one report."""

    report: MonthlyReport
    rows: list[SourceRow]
    faults: list[RowFault] = field(default_factory=list)
    notes: list[RowFault] = field(default_factory=list)
    figures: list[FigureInput] = field(default_factory=list)
    milestones: list[MilestoneInput] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    #: Where a figure is refused: the others, which could be read. They are not imported.
    readable: list[FigureInput] = field(default_factory=list)
    #: The answers to warnings, by indicator.
    answers: dict[str, str] = field(default_factory=dict)
    n_created: int = 0
    n_updated: int = 0
    n_unchanged: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.figures or self.milestones or self.answers)

    @property
    def draft(self) -> DraftChange:
        return DraftChange(self.report, self.figures, self.answers, self.milestones)

    def forget(self, *, but: int) -> None:
        """Let go of what was written or only counted, but for the first changes: a long import needs the room."""
        self.figures, self.milestones, self.answers, self.changes = [], [], {}, self.changes[:but]
        self.readable = []
        if not self.faults:
            self.rows = []


@dataclass
class Plan:
    """What the whole batch means, report by report in the order of months and units."""

    reports: list[ReportPlan]
    faults: list[RowFault]
    row_notes: list[RowFault]
    notes: list[str]

    def kept(self, mode: Mode) -> list[ReportPlan]:
        """Return the reports that would be written: all, or none where one is refused; or the good ones."""
        if mode == Mode.WHOLE and self.faults:
            return []
        return [one for one in self.reports if not one.faults]

    def drafts(self, mode: Mode) -> list[DraftChange]:
        return [one.draft for one in self.kept(mode) if one.is_changed]

    def counts(self, mode: Mode) -> dict[str, int]:
        """Return how many figures (and milestones, where a workbook holds them) are created, updated and so on.

        One is rejected for a fault of its own; in a partial import also for one of its report.
        """
        kept = self.kept(mode)
        rejected = {id(fault.row) for fault in self.faults}
        if mode == Mode.PARTIAL:
            rejected |= {id(row) for one in self.reports if one.faults for row in one.rows}
        return {
            "created": sum(one.n_created for one in kept),
            "updated": sum(one.n_updated for one in kept),
            "unchanged": sum(one.n_unchanged for one in kept),
            "rejected": len(rejected),
        }


def plan_import(
    source: Source,
    *,
    by: User,
    today: date,
    strategy: Strategy = Strategy.BOTH,
    tick: Callable[[int], None] = lambda done: None,
    settle: Callable[[Sequence[ReportPlan], bool], None] = lambda reports, is_faulty: None,
) -> Plan:
    """Return what the rows would do to the drafts they name; the number of queries does not grow with the units.

    `tick` is told how many rows are done and may raise to stop. `settle` is given the reports of each month once they
    are planned, and whether anything was refused so far; it may write and forget them.
    """
    faults: list[RowFault] = []
    places = Places(source.rows, by=by)
    #: The rows of each report by their place in the source: the rows themselves are made month by month.
    groups: dict[tuple[date, int], array[int]] = defaultdict(lambda: array("L"))
    found: dict[tuple[date, int], Place] = {}
    n_blank = 0
    for number, row in enumerate(source.rows):
        if row.is_unreadable(WHOLE_ROW):
            faults += row.faults
            continue
        n_blank += _is_blank(row)
        place = places.place(row, faults)
        if place is None:
            faults += [one for one in row.faults if one.column not in {"month", "unit"}]
        else:
            key = (place.period.month, place.unit.pk)
            found[key] = place
            groups[key].append(number)
    reports: list[ReportPlan] = []
    is_faulty = bool(faults)
    done = 0
    for month in sorted({month for month, _unit in groups}):
        keys = sorted((key for key in groups if key[0] == month), key=lambda key: found[key].unit.code)
        has_milestones = any(source.rows[groups[key][0]].is_milestone for key in keys)
        stored = _Stored([found[key] for key in keys], has_milestones=has_milestones)
        planned: list[ReportPlan] = []
        for key in keys:
            one = _ReportReader(places, found[key], stored, by=by, today=today, strategy=strategy)
            planned.append(one.planned([source.rows[number] for number in groups[key]]))
            done += len(groups[key])
            tick(done)
        is_faulty = is_faulty or any(one.faults for one in planned)
        settle(planned, is_faulty)
        reports += planned
    faults += [fault for one in reports for fault in one.faults]
    row_notes = [*source.row_notes, *(note for one in reports for note in one.notes)]
    notes = list(source.notes)
    if n_blank:
        notes.append(Said(gettext_noop("%(count)s 行没有填数据，已略过，原有数据不变。"), {"count": n_blank}))
    return Plan(reports, in_order(faults), in_order(row_notes), notes)


_KEYS = frozenset({"month", "unit", "indicator", "milestone"})


def _is_blank(row: SourceRow) -> bool:
    return not (row.cells.keys() - _KEYS or row.unreadable or row.answer)


class _Stored:
    """The reports of one month, what the filings in work hold and which milestones their units report."""

    def __init__(self, places: Sequence[Place], *, has_milestones: bool) -> None:
        period, units = places[0].period, [place.unit for place in places]
        reports = MonthlyReport.objects.filter(period=period, unit__in=units).select_related("filing")
        if has_milestones:
            reports = reports.prefetch_related("filing__milestones__milestone")
        self.reports = {report.unit_id: report for report in reports}
        self.milestones = filed_by_each(period, units) if has_milestones else {}
        self.figures: dict[int, dict[int, Figure]] = defaultdict(dict)
        filings = [report.filing_id for report in self.reports.values()]
        for figure in Figure.objects.filter(filing__in=filings):
            self.figures[figure.filing_id][figure.indicator_id] = figure

    def report(self, place: Place) -> MonthlyReport:
        report = self.reports.get(place.unit.pk) or MonthlyReport(unit=place.unit, period=place.period)
        report.unit, report.period = place.unit, place.period
        return report

    def figures_of(self, report: MonthlyReport) -> Mapping[int, Figure]:
        return self.figures.get(report.filing_id, {})


class _ReportReader:
    """Reads the rows of one report through the gate and tells what they change."""

    def __init__(
        self, places: Places, place: Place, stored: _Stored, *, by: User, today: date, strategy: Strategy
    ) -> None:
        self._report = stored.report(place)
        self._existing = stored.figures_of(self._report)
        self._indicators = places.indicators
        self._reader = FigureReader(
            self._report, places.due(place), self._existing, look_up=partial(places.known, place)
        )
        self._milestones = stored.milestones.get(place.unit.pk) if places.files_reports(place) else []
        self._by, self._today, self._strategy = by, today, strategy

    def planned(self, rows: list[SourceRow]) -> ReportPlan:
        """Return the plan; where a figure is refused, those of the report are not counted."""
        plan = ReportPlan(self._report, rows)
        plan.faults += [fault for row in rows for fault in row.faults]
        rows = [row for row in rows if not row.unreadable]
        self._plan_figures([row for row in rows if not row.is_milestone], plan)
        self._plan_milestones([row for row in rows if row.is_milestone], plan)
        self._check_step(plan)
        return plan

    def _plan_milestones(self, rows: list[SourceRow], plan: ReportPlan) -> None:
        single = without_repeats(rows, "milestone", faults=plan.faults, notes=plan.notes)
        found = plan_milestones(
            self._report, single, by=self._by, today=self._today, strategy=self._strategy, filed=self._milestones
        )
        plan.faults += found.faults
        plan.n_unchanged += len(rows) - len(single)
        plan.milestones, plan.changes = found.inputs, [*plan.changes, *found.changes]
        plan.n_created += found.n_created
        plan.n_updated += found.n_updated
        plan.n_unchanged += found.n_unchanged

    def _plan_figures(self, rows: list[SourceRow], plan: ReportPlan) -> None:
        single = without_repeats(rows, "indicator", faults=plan.faults, notes=plan.notes)
        try:
            figures = self._reader.read([self._cells(row) for row in single], "{index}/{field}")
        except InputRefused as refusal:
            plan.faults += [_at_row(single, one) for one in refusal.complaints]
            plan.readable = self._reader.readable
            return
        row_of = {figure.indicator.code: row for figure, row in zip(figures, single, strict=True)}
        plan.notes += [_noted(row_of, note) for note in self._reader.notes]
        for figure in figures:
            self._hold(figure, row_of[figure.indicator.code], plan)
            self._answer(figure.indicator, row_of[figure.indicator.code], plan)
        plan.n_unchanged += len(rows) - len(single)

    def _cells(self, row: SourceRow) -> dict[str, object]:
        """Return the row as the gate takes it; a rate that only repeats its two parts is left out."""
        cells = {name: value for name, value in row.cells.items() if name not in {"month", "unit"}}
        code = code_of(row, "indicator")
        cells["indicator"] = code
        indicator = self._indicators.get(code) if isinstance(code, str) else None
        if indicator is not None and indicator.is_ratio and _repeats_its_parts(cells):
            del cells["value"]
        return cells

    def _hold(self, figure: FigureInput, row: SourceRow, plan: ReportPlan) -> None:
        """Count the figure, and remember what it changes."""
        stored = self._existing.get(figure.indicator.pk)
        before = self._reader.stored(figure.indicator)
        if figure == before or (figure.is_cleared and stored is None):
            plan.n_unchanged += 1
            return
        refused = self._strategy.refusal(figure.indicator.code, is_stored=stored is not None)
        if refused is not None:
            plan.faults.append(row.fault("indicator", *refused))
        plan.n_created += stored is None
        plan.n_updated += stored is not None
        plan.figures.append(figure)
        plan.changes += [
            CellChange(row, self._report, figure.indicator, name, getattr(before, name), getattr(figure, name))
            for name in CELLS
            if getattr(before, name) != getattr(figure, name) and not _goes_without_saying(name, figure)
        ]
        plan.changes += [
            CellChange(row, self._report, figure.indicator, f"{PART_PREFIX}{code}", *pair)
            for code in {**before.parts, **figure.parts}
            if (pair := (before.parts.get(code), figure.parts.get(code)))[0] != pair[1]
        ]

    def _answer(self, indicator: Indicator, row: SourceRow, plan: ReportPlan) -> None:
        """Take over what the row answers to warnings; which these are is known once the figures are written."""
        if not row.answer:
            return
        try:
            read_explanations({f"V00:{indicator.code}": row.answer})
        except InputRefused as refusal:
            plan.faults += [row.fault("answer", one.code, one.said) for one in refusal.complaints]
            return
        plan.answers[indicator.code] = row.answer
        plan.changes.append(CellChange(row, self._report, indicator, "answer", None, row.answer))

    def _check_step(self, plan: ReportPlan) -> None:
        """Refuse the rows of a report that may not be saved now; one that would not change may stand as it is."""
        if not plan.is_changed:
            return
        try:
            workflow.check_step(Verb.SAVE, self._report, by=self._by, today=self._today)
        except Refused as refusal:
            sentence = Said(str(refusal.template), refusal.params)
            changed = {id(change.row): change.row for change in plan.changes}
            plan.faults += [row.fault("month", refusal.code, sentence) for row in changed.values()]


def _goes_without_saying(name: str, figure: FigureInput) -> bool:
    """Say whether a change of state only follows from a number given or taken away."""
    return name == "state" and (figure.is_cleared or figure.state == FigureState.REPORTED)


def _at_row(rows: Sequence[SourceRow], complaint: Complaint) -> RowFault:
    index, _slash, column = complaint.pointer.partition("/")
    return rows[int(index)].fault(column, complaint.code, complaint.said, complaint.suggestion)


def _noted(row_of: Mapping[str, SourceRow], note: Complaint) -> RowFault:
    code, _slash, column = note.pointer.partition("/")
    return row_of[code].fault(column, note.code, note.said)


#: Our own export states a rate to this many digits.
_RATE_DIGITS = Decimal("1e-9")


def _repeats_its_parts(cells: Mapping[str, object]) -> bool:
    """Say whether `value` is the quotient of the two parts beside it, as our own export writes it."""
    if cells.get("value") is None:
        return False
    try:
        value, numerator, denominator = (
            numbers.from_json_number(cells.get(name), decimals=30).value
            for name in ("value", "numerator", "denominator")
        )
    except numbers.NumberRefused:
        return False
    rate = measures.ratio(numerator, denominator)
    return rate is not None and abs(value - rate) < _RATE_DIGITS
