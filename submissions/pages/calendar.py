"""The calendar as a page: months × units with how each report came, and one month with what the ministry may do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import permissions
from accounts.models import ReportingUnit
from submissions import schedule, timeliness
from submissions.models import Extension, ReportingMonth
from submissions.pages.due import month_words
from submissions.pages.followed import NOBODY, followed
from submissions.timeliness import CAME, Arrival, Filed, Record
from targets import measures
from targets.models import Assignment, Frequency, Plan
from workplan.lib.sheets import Column, Kind, Row, Sheet


@dataclass(frozen=True)
class Look:
    """How an arrival is shown: word, shape and colour."""

    word: str | Promise
    shape: str
    tone: str


LOOKS: dict[Arrival, Look] = {
    Arrival.ON_TIME: Look(gettext_lazy("按时"), "✔", "completed"),
    Arrival.LATE: Look(gettext_lazy("迟报"), "●", "lagging"),
    Arrival.MADE_UP: Look(gettext_lazy("补报"), "◐", "lagging"),
    Arrival.MISSING: Look(gettext_lazy("未报"), "✖", "behind"),
    Arrival.PENDING: Look(gettext_lazy("待报"), "○", "not-due"),
    Arrival.AHEAD: Look(gettext_lazy("未开放"), "·", "none"),
    Arrival.NOT_DUE: Look(gettext_lazy("不需报"), "–", "none"),
}


@dataclass(frozen=True)
class Cell:
    """How a month stands, of one unit or of several together; of one, the day it was given more time to."""

    look: Look
    extended_to: date | None = None


@dataclass(frozen=True)
class Line:
    """One unit's year, and the units below it that are counted here; of a unit that files nothing, theirs alone."""

    unit: ReportingUnit
    record: Record | None
    below: tuple[Record, ...]

    @property
    def cells(self) -> list[Cell]:
        """How each month stands."""
        if self.record is not None:
            return [Cell(LOOKS[one.arrival], one.due_on if one.is_extended else None) for one in self.record.filed]
        months = zip(*(one.filed for one in self.below), strict=True)
        return [Cell(_look_of_all([one.arrival for one in filed])) for filed in months]

    @property
    def n_below_missing(self) -> int:
        return sum(one.count(Arrival.MISSING) for one in self.below)

    @property
    def reporting_rate(self) -> object:
        return measures.coverage(sum(one.n_filed for one in self._judged), sum(one.n_due for one in self._judged))

    @property
    def timeliness(self) -> object:
        in_time = sum(one.count(Arrival.ON_TIME) for one in self._judged)
        return measures.coverage(in_time, sum(one.n_due for one in self._judged))

    @property
    def _judged(self) -> tuple[Record, ...]:
        return self.below if self.record is None else (self.record,)


def _look_of_all(came: Sequence[Arrival]) -> Look:
    """Tell the reports of several units in one: how many of those due are in."""
    n_filed, n_missing = sum(one in CAME for one in came), came.count(Arrival.MISSING)
    if n_filed + n_missing == 0:
        return LOOKS[next((one for one in (Arrival.PENDING, Arrival.AHEAD) if one in came), Arrival.NOT_DUE)]
    like = LOOKS[Arrival.MISSING if n_missing else Arrival.ON_TIME]
    return Look(f"{n_filed}/{n_filed + n_missing}", like.shape, like.tone)


@dataclass(frozen=True)
class MonthHead:
    """One month's column: its dates and how many reports came in time."""

    period: ReportingMonth
    n_due: int
    n_on_time: int
    n_filed: int
    #: What falls due beside the monthly figures: quarterly, half-yearly ones.
    rarer: tuple[str, ...]

    @property
    def rate(self) -> Decimal | None:
        return measures.coverage(self.n_filed, self.n_due)


def _assigned_frequencies(plan: Plan) -> list[int]:
    """Return how often the plan's indicators are reported, the most frequent first."""
    frequencies = Assignment.objects.filter(plan=plan).values_list("indicator__frequency", flat=True)
    return sorted(set(frequencies.distinct()))


def _told(period: ReportingMonth, frequencies: Iterable[int]) -> tuple[str, ...]:
    """Return in words what falls due in the month; nothing where a later month takes it in."""
    return tuple(str(Frequency(one).label) for one in frequencies if period.is_due(one))


@dataclass(frozen=True)
class CalendarPage:
    plan: Plan | None
    plans: list[int]
    months: tuple[MonthHead, ...]
    lines: tuple[Line, ...]
    #: Of every unit counted, those without a line of their own among them.
    records: tuple[Record, ...]
    under: ReportingUnit | None
    looks: tuple[Look, ...]
    may_act: bool
    may_move: bool
    n_moves: int

    @property
    def has_extensions(self) -> bool:
        return any(cell.extended_to for line in self.lines for cell in line.cells)

    @property
    def n_due(self) -> int:
        return sum(one.n_due for one in self.records)

    @property
    def n_on_time(self) -> int:
        return sum(one.count(Arrival.ON_TIME) for one in self.records)

    @property
    def n_missing(self) -> int:
        return sum(one.count(Arrival.MISSING) for one in self.records)


def calendar_page(
    person: permissions.Person, *, year: int | None, today: date, under: ReportingUnit | None = None
) -> CalendarPage:
    """Return the filing year of the units the person follows; the number of queries does not depend on them."""
    plans = list(Plan.objects.order_by("-year"))
    plan = next((one for one in plans if year is None or one.year == year), None)
    months = list(plan.months.order_by("month")) if plan else []
    units = followed(person, plan, under) if plan else NOBODY
    found = tuple(timeliness.records(units.units, months, today=today))
    of = {one.unit: one for one in found}
    may_move = permissions.may_move_dates(person)
    rarer = [one for one in _assigned_frequencies(plan) if one > Frequency.MONTHLY] if plan else []
    return CalendarPage(
        plan=plan,
        plans=[one.year for one in plans],
        months=tuple(_head(period, place, found, rarer) for place, period in enumerate(months)),
        lines=tuple(Line(unit, of.get(unit), tuple(of[one] for one in below)) for unit, below in units.rows.items()),
        records=found,
        under=under,
        looks=tuple(LOOKS.values()),
        may_act=permissions.may_publish(person),
        may_move=may_move,
        n_moves=len(schedule.moves_by_rule(plan, today=today)) if plan and may_move else 0,
    )


def _head(period: ReportingMonth, place: int, found: Iterable[Record], rarer: Iterable[int]) -> MonthHead:
    came = [record.filed[place].arrival for record in found]
    n_filed = sum(one in CAME for one in came)
    return MonthHead(
        period, n_filed + came.count(Arrival.MISSING), came.count(Arrival.ON_TIME), n_filed, _told(period, rarer)
    )


# One month -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitLine:
    unit: ReportingUnit
    filed: Filed
    look: Look

    @property
    def is_missing(self) -> bool:
        """Whether the report is still waited for, due already or not."""
        return self.filed.arrival in {Arrival.MISSING, Arrival.PENDING}


@dataclass(frozen=True)
class UnitRow:
    """One unit's line, None where it files nothing itself, and those of the units below it that are counted here."""

    unit: ReportingUnit
    line: UnitLine | None
    below: tuple[UnitLine, ...]

    @property
    def n_below_missing(self) -> int:
        return sum(one.is_missing for one in self.below)


@dataclass(frozen=True)
class MonthPage:
    period: ReportingMonth
    is_open: bool
    #: Of every unit counted.
    lines: tuple[UnitLine, ...]
    rows: tuple[UnitRow, ...]
    under: ReportingUnit | None
    extensions: tuple[Extension, ...]
    effects: schedule.Effects | None
    may_act: bool
    may_move: bool
    today: date
    #: What falls due in the month, by how often it is reported.
    frequencies: tuple[str, ...]

    @property
    def missing(self) -> list[UnitLine]:
        return [one for one in self.lines if one.is_missing]


def month_page(
    person: permissions.Person, period: ReportingMonth, *, today: date, under: ReportingUnit | None = None
) -> MonthPage:
    """Return one month: its dates, who filed when, what was extended, and what closing it would hold back."""
    may_act = permissions.may_publish(person)
    units = followed(person, period.plan, under)
    found = timeliness.records(units.units, [period], today=today)
    lines = {one.unit: UnitLine(one.unit, one.filed[0], LOOKS[one.filed[0].arrival]) for one in found}
    extensions = period.extensions.select_related("unit", "granted_by").order_by("-granted_at", "-id")
    return MonthPage(
        period=period,
        is_open=period.is_open_on(today),
        lines=tuple(lines.values()),
        rows=tuple(
            UnitRow(unit, lines.get(unit), tuple(lines[one] for one in below)) for unit, below in units.rows.items()
        ),
        under=under,
        extensions=tuple(one for one in extensions if one.unit is None or one.unit in lines),
        effects=schedule.effects_of_locking(period) if may_act else None,
        may_act=may_act,
        may_move=permissions.may_move_dates(person),
        today=today,
        frequencies=_told(period, _assigned_frequencies(period.plan)),
    )


# As a workbook ---------------------------------------------------------------------------------


def calendar_sheet(page: CalendarPage, *, source: list[str]) -> Sheet:
    """Return the table of months and units, with counts and rates per unit."""
    number = Kind.NUMBER
    months = [Column(f"{one.period}", month_words(one.period.month), width=12) for one in page.months]
    return Sheet(
        name=_("报送日历"),
        title=_("%(year)s年各单位报送情况") % {"year": page.plan.year if page.plan else ""},
        provenance=source,
        columns=[
            Column("unit", _("单位代码"), width=10),
            Column("unit_name", _("单位"), width=18),
            *months,
            Column("n_due", _("应报次数"), number, 9),
            Column("n_on_time", _("按时"), number, 9),
            Column("n_late", _("迟报"), number, 9),
            Column("n_made_up", _("补报"), number, 9),
            Column("n_missing", _("未报"), number, 9),
            Column("reporting_rate", _("上报率"), Kind.PERCENT),
            Column("timeliness", _("按时率"), Kind.PERCENT),
        ],
        rows=[_sheet_row(page, record) for record in page.records],
        notes=[_("按第一次报送（未撤回）的时间判断；退回后重报不算迟报。")],
    )


def _sheet_row(page: CalendarPage, record: Record) -> Row:
    months = zip(page.months, record.filed, strict=True)
    return {
        "unit": record.unit.code,
        "unit_name": record.unit.label,
        **{str(head.period): str(LOOKS[filed.arrival].word) for head, filed in months},
        "n_due": record.n_due,
        "n_on_time": record.count(Arrival.ON_TIME),
        "n_late": record.count(Arrival.LATE),
        "n_made_up": record.count(Arrival.MADE_UP),
        "n_missing": record.count(Arrival.MISSING),
        "reporting_rate": record.reporting_rate,
        "timeliness": record.timeliness,
    }
