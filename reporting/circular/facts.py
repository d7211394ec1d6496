"""What a circular is made from: the very rows the pages show, who reported when, and the reasons units gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from accounts import permissions
from accounts.models import ReportingUnit
from reporting import aggregates
from reporting.aggregates import ProgressRow
from reporting.given_reasons import Reasons, reasons_given
from reporting.series import Series, monthly_series
from submissions import timeliness
from submissions.facts import due_units
from submissions.models import MonthlyReport, ReportingMonth
from submissions.timeliness import Arrival, Record
from targets.models import Indicator, Item


@dataclass(frozen=True)
class Facts:
    """One month of the nation and of the units below it."""

    period: ReportingMonth
    today: date
    nation: ReportingUnit
    national: tuple[ProgressRow, ...]
    below: tuple[ProgressRow, ...]
    items: Mapping[int, Item]
    records: tuple[Record, ...]
    #: Units that were to report for the month, and those of them whose report is not approved.
    due: tuple[ReportingUnit, ...]
    missing: tuple[ReportingUnit, ...]
    reasons: Reasons = field(default_factory=dict)

    @property
    def with_target(self) -> list[ProgressRow]:
        """The nation's rows that have a target, in the order of the plan's items."""
        rows = [row for row in self.national if row.target is not None]
        return sorted(rows, key=lambda row: (self.item_of(row).number, row.indicator.code))

    @property
    def without_target(self) -> list[ProgressRow]:
        return [row for row in self.national if row.target is None]

    def item_of(self, row: ProgressRow) -> Item:
        """Return the item of the plan that a row's target belongs to."""
        return self.items[row.target.item_id]

    def siblings(self, indicator: Indicator) -> list[ProgressRow]:
        """Return the indicator's row of every unit below the nation, in the order of the units."""
        return [row for row in self.below if row.indicator == indicator]

    def of_unit(self, unit: ReportingUnit) -> list[ProgressRow]:
        return [row for row in self.below if row.unit == unit]

    def record_of(self, unit: ReportingUnit) -> Record | None:
        return next((record for record in self.records if record.unit == unit), None)

    def arrived(self, *arrivals: Arrival) -> list[ReportingUnit]:
        """Return the units whose report of the month came in one of these ways."""
        return [record.unit for record in self.records if record.count(*arrivals)]


def gather(person: permissions.Person, period: ReportingMonth, *, today: date) -> Facts:
    """Return what the circular of a month says, as far as it is open to the person; the queries do not grow."""
    nation = permissions.national_unit()
    units = list(ReportingUnit.objects.children_of(nation))
    rows = aggregates.progress_rows(person, period, [nation, *units])
    due = list(due_units(period).filter(parent=nation).order_by("position", "code"))
    approved = set(MonthlyReport.objects.approved().filter(period=period).values_list("unit_id", flat=True))
    below = tuple(row for row in rows if row.unit != nation)
    return Facts(
        period=period,
        today=today,
        nation=nation,
        national=tuple(row for row in rows if row.unit == nation),
        below=below,
        items=Item.objects.filter(plan=period.plan_id).select_related("chapter").in_bulk(),
        records=tuple(timeliness.records(due, [period], today=today)),
        due=tuple(due),
        missing=tuple(unit for unit in due if unit.pk not in approved),
        reasons=reasons_given(period, below),
    )


def series_of(person: permissions.Person, facts: Facts, row: ProgressRow) -> Series:
    """Return the year of one national indicator, as its page draws it."""
    return monthly_series(person, facts.period.plan, row.indicator, facts.nation)
