"""The grid: every month of the plan year beside every indicator of one unit, to be filled in like a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from accounts.models import ReportingUnit, User
from submissions import facts
from submissions.forms import cell_text, cells_of, number_in, scale_of
from submissions.models import Figure, FigureState, MonthlyReport, ReportingMonth, Verb
from submissions.pages.form import why_not
from submissions.pages.grid_milestones import GridMilestones, grid_milestones
from submissions.pages.offers import Offer, offer_of
from submissions.pages.units_typed import measured_by, part_labels, scales_offered
from submissions.pages.work import State, Year, state_of
from submissions.pages.years import months_of_the_year, years_filed
from submissions.workflow import is_locked
from targets import periods
from targets.models import Indicator
from workplan.templatetags.figures import grouped, plain, sentence, unit_label


@dataclass(frozen=True)
class Column:
    """One month: its report, where it stands, and why nothing may be typed there."""

    period: ReportingMonth
    report: MonthlyReport
    state: State
    #: "" where the person may fill it in.
    why: str

    @property
    def month(self) -> date:
        return self.period.month

    @property
    def key(self) -> str:
        return periods.format_month(self.month)

    @property
    def is_locked(self) -> bool:
        return is_locked(self.report)

    @property
    def is_late(self) -> bool:
        """Say whether what was handed in came late (V22), which is about the month and not about a cell of it."""
        return self.report.filing is not None and self.report.is_filed_late(self.report.filing)


@dataclass(frozen=True)
class Said:
    """What a rule says of a figure, and what it suggests instead."""

    severity: str
    message: str
    offer: Offer | None


@dataclass(frozen=True)
class GridCell:
    """One number of one month."""

    column: Column
    name: str
    #: As it is typed, and the same with its thousands grouped.
    text: str
    shown: str
    #: In base units, for sums over a selection; None where there is none.
    value: str | None
    state: str
    note: str
    is_due: bool
    found: list[Said]

    @property
    def state_label(self) -> str:
        return str(FigureState(self.state).label) if self.state else ""

    @property
    def worst(self) -> str:
        return min((one.severity for one in self.found), default="")


@dataclass(frozen=True)
class Line:
    """One row of the grid: a number that an indicator is filed with."""

    indicator: Indicator
    part: str
    label: str
    unit_label: str
    #: How many decimals may be typed: those of the indicator and those of the typing unit.
    decimals: int
    is_first: bool
    cells: list[GridCell]

    @property
    def is_part(self) -> bool:
        """Say whether the row stands under its indicator instead of for it."""
        return self.part != "value"


@dataclass(frozen=True)
class GridPage:
    unit: ReportingUnit
    columns: list[Column]
    lines: list[Line]
    scale: int
    #: The plan years that have begun and in which the unit files, newest first.
    years: list[int]
    #: Where the milestones stand of the month to begin with.
    milestones: GridMilestones

    @property
    def year(self) -> int:
        return self.columns[0].month.year

    @property
    def scales(self) -> list[tuple[int, str]]:
        return scales_offered()

    @property
    def kept_with_year(self) -> list[tuple[str, int]]:
        """What stays in the address when another year is chosen."""
        return [("scale", self.scale)]

    @property
    def form(self) -> GridPage:
        """The page stands where the scale switch expects a form."""
        return self

    @property
    def may_type(self) -> bool:
        return any(not column.why for column in self.columns)

    @property
    def offers(self) -> list[dict[str, str]]:
        """Return what the rules suggest where something may be typed, each with the month of its cell."""
        cells = [cell for line in self.lines for cell in line.cells if not cell.column.why]
        return [{"month": cell.column.key, **asdict(said.offer)} for cell in cells for said in cell.found if said.offer]

    @property
    def newest(self) -> Column | None:
        """The month to begin with on a small screen: the newest that may be filled in."""
        return _newest(self.columns)


def grid_page(
    unit: ReportingUnit, *, person: User, today: date, scale: int, asked: int | None = None
) -> GridPage | None:
    """Return a year of the unit, the newest it files in where none is asked for; None where it files nothing in it.

    The number of queries does not depend on its size.
    """
    years = years_filed(unit, today)
    if not years or (asked or years[0]) not in years:
        return None
    months = months_of_the_year(today, asked or years[0])
    year = Year(unit, months)
    prefetch_related_objects(year.indicators, "filed_parts")
    columns = [_column(period, year, person=person, today=today) for period in months]
    found = {column.key: _found(column, year, scale) for column in columns}
    lines = [line for one in year.indicators for line in _lines(one, columns, year, found, scale)]
    worked_on = _newest(columns) or _newest_opened(columns, today)
    milestones = grid_milestones(worked_on.report, may_edit=not worked_on.why, today=today)
    return GridPage(unit, columns, lines, scale, years, milestones)


def _newest(columns: Sequence[Column]) -> Column | None:
    return next((column for column in reversed(columns) if not column.why), None)


def _newest_opened(columns: Sequence[Column], today: date) -> Column:
    return [column for column in columns if column.period.opens_on <= today][-1]


def _column(period: ReportingMonth, year: Year, *, person: User, today: date) -> Column:
    report = year.report(period)
    n_answered = len(year.figures.get(period.month, {}))
    state = state_of(period, report, n_answered, today)
    return Column(period, report, state, why_not(Verb.SAVE, report, by=person, today=today))


def _found(column: Column, year: Year, scale: int) -> dict[str, list[Said]]:
    """Return what the rules say about the month, by indicator."""
    report, due = column.report, year.due_in(column.period)
    names, by_code = facts.names_of(due), {one.code: one for one in due}
    found: dict[str, list[Said]] = {}
    for one in year.findings(report, year.figures.get(column.month, {})):
        message = sentence(one.template, one.params, one.shown_as, names)
        offer = offer_of(one, message, by_code[one.indicator], scale)
        found.setdefault(one.indicator, []).append(Said(str(one.severity), message, offer))
    return found


def _lines(
    indicator: Indicator,
    columns: list[Column],
    year: Year,
    found: Mapping[str, Mapping[str, list[Said]]],
    scale: int,
) -> Iterator[Line]:
    labels = part_labels(indicator)
    parts = [name for name in cells_of(indicator) if name in labels]
    for part in parts:
        typed_in = scale_of(indicator, part, scale)
        cells = [
            _cell(
                indicator,
                part,
                column,
                year.figures.get(column.month, {}).get(indicator.pk),
                found[column.key].get(indicator.code, []) if part == parts[0] else [],
                scale,
            )
            for column in columns
        ]
        decimals = (0 if part == "persons" else indicator.decimals) + len(str(typed_in)) - 1
        unit = unit_label(measured_by(indicator, part), typed_in)
        yield Line(indicator, part, labels[part], unit, decimals, part == parts[0], cells)


def _cell(
    indicator: Indicator,
    part: str,
    column: Column,
    figure: Figure | None,
    found: list[Said],
    scale: int,
) -> GridCell:
    text = cell_text(indicator, figure, part, scale)
    return GridCell(
        column=column,
        name=f"figure.{indicator.code}.{part}",
        text=text,
        shown=grouped(text),
        value=plain(number_in(figure, part)) if figure else None,
        state=cell_text(indicator, figure, "state", scale),
        note=figure.note if figure else "",
        is_due=column.period.is_due(indicator.frequency),
        found=found,
    )
