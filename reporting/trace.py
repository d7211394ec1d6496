"""From a total to the reports behind it: the parts it is made of, each with the filing that gave its value.

Total and parts are read in one query, so that they add up even while figures are being approved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import totals
from reporting.aggregates import value_of
from reporting.history import filing_units
from reporting.marks import Mark, marks_of_total
from reporting.models import Total
from reporting.revisions import Revision, revised_totals
from submissions.models import Figure, FigureState, Filing, MonthlyReport, ReportingMonth
from targets import measures
from targets.models import Assignment, Indicator


@dataclass(frozen=True)
class Source:
    """The filing that gave a value: whose report, of which month, who answered for it and who approved it."""

    figure: Figure
    #: How often the report was approved; above 1 it was corrected.
    n_versions: int
    #: The reader may open the report itself, and so learn who filed it.
    is_open: bool

    @property
    def filing(self) -> Filing:
        return self.figure.filing

    @property
    def month(self) -> date:
        return self.filing.report.month


@dataclass(frozen=True)
class Part:
    """What one unit adds to a total; without a value it adds nothing."""

    unit: ReportingUnit
    total: Total
    files_itself: bool
    source: Source | None
    marks: tuple[Mark, ...] = ()
    #: What was published of it and why that no longer stands; None where it does.
    revision: Revision | None = None

    @property
    def value(self) -> Decimal | None:
        return value_of(self.total.indicator, self.total.value, self.total.numerator, self.total.denominator)

    @property
    def is_carried(self) -> bool:
        return self.value is not None and self.total.n_reported == 0 and self.total.n_carried > 0


@dataclass(frozen=True)
class Sum:
    """What the parts come to."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    persons: int | None
    n_due: int
    n_reported: int
    n_carried: int


@dataclass(frozen=True)
class Trace:
    """A total and what it is made of: the units directly below the country, else the units that file it."""

    whole: Part
    parts: tuple[Part, ...]

    @property
    def added(self) -> Sum:
        """The sum of the parts by the formula of the totals; of a ratio Σ numerators ÷ Σ denominators."""
        rows = [part.total for part in self.parts]
        indicator = self.whole.total.indicator
        value, numerator, denominator = (_added(rows, name) for name in ("value", "numerator", "denominator"))
        persons = [row.persons for row in rows if row.persons is not None]
        return Sum(
            value=measures.ratio(numerator, denominator) if indicator.is_ratio else value,
            numerator=numerator,
            denominator=denominator,
            persons=sum(persons) if persons else None,
            n_due=sum(row.n_due for row in rows),
            n_reported=sum(row.n_reported for row in rows),
            n_carried=sum(row.n_carried for row in rows),
        )

    @property
    def adds_up(self) -> bool:
        return self.added.value == self.whole.value

    @property
    def carried(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.is_carried)

    @property
    def revised(self) -> tuple[Revision, ...]:
        """What no longer stands as it was published, the total first."""
        return tuple(part.revision for part in (self.whole, *self.parts) if part.revision is not None)

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts without any figure yet."""
        return tuple(part for part in self.parts if part.value is None)


def _added(rows: list[Total], name: str) -> Decimal | None:
    numbers = [number for row in rows if (number := getattr(row, name)) is not None]
    return sum(numbers, Decimal(0)) if numbers else None


def trace(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, unit: ReportingUnit
) -> Trace | None:
    """Return the total of a unit with its parts, as far as they are open to the person.

    Shape: parts in unit order; none where the unit files the indicator itself. Seven queries whatever the units,
    three more in a published month.
    None: no total of it is open to the person.
    Source: acceptance.md UX-33, UX-40; contract 3, "Total".
    """
    totals.refresh()
    filers = set(filing_units(unit, indicator, period.plan_id)) - {unit.pk}
    below = Q(unit__parent=unit) if unit.is_nation else Q(unit__in=filers)
    rows = list(
        Total.objects.visible_to(person)
        .filter(Q(unit=unit) | below, plan_id=period.plan_id, indicator=indicator, month=period.month)
        .select_related("unit", "indicator")
        .order_by("unit__position", "unit__code")
    )
    itself = set(
        Assignment.objects.filter(
            plan_id=period.plan_id, indicator=indicator, unit__in=[row.unit_id for row in rows]
        ).values_list("unit_id", flat=True)
    )
    sources = _sources(person, period, indicator, [row for row in rows if row.unit_id in itself])
    revised = revised_totals(person, period, rows)
    parts = [
        _part(row, period, row.unit_id in itself, sources.get(row.unit_id), revised.get((row.unit_id, indicator.pk)))
        for row in rows
    ]
    whole = next((part for part in parts if part.unit == unit), None)
    if whole is None:
        return None
    return Trace(whole, () if whole.files_itself else tuple(part for part in parts if part.unit != unit))


def _part(
    row: Total,
    period: ReportingMonth,
    files_itself: bool,  # noqa: FBT001
    source: Source | None,
    revision: Revision | None,
) -> Part:
    marks = marks_of_total(
        row,
        is_due=period.is_due(row.indicator.frequency),
        is_published=period.is_published,
        is_revised=revision is not None,
    )
    return Part(row.unit, row, files_itself, source, marks, revision)


def _sources(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, rows: list[Total]
) -> dict[int, Source]:
    """Return the figure that stands in each total of a filing unit, by unit id: four queries."""
    standing = {(row.unit_id, row.value_month) for row in rows if row.value_month is not None}
    figures = Figure.objects.filter(
        indicator=indicator,
        state=FigureState.REPORTED,
        filing=F("filing__report__approved_filing"),
        filing__report__unit__in=[row.unit_id for row in rows],
        filing__report__period__plan=period.plan_id,
        filing__report__period__lte=period.month,
    ).select_related("filing__report", "filing__submitted_by", "filing__decided_by")
    chosen = [one for one in figures if (one.filing.report.unit_id, one.filing.report.month) in standing]
    reports = [one.filing.report_id for one in chosen]
    n_versions = dict(
        Filing.objects.filter(report__in=reports, outcome="APPROVED").values_list("report").annotate(n=Count("pk"))
    )
    opened = set(MonthlyReport.objects.visible_to(person).filter(pk__in=reports).values_list("pk", flat=True))
    return {
        one.filing.report.unit_id: Source(one, n_versions[one.filing.report_id], one.filing.report_id in opened)
        for one in chosen
    }
