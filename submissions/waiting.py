"""Whom an approval waits for: the units below that are due for the month and were never approved for it (UX-26).

A report waits for the nearest due units below its own, through levels that file nothing for the month; what lies
below those is theirs to wait for. What was approved once no longer keeps anybody waiting: it stays in force while a
correction is in work. The nation's report waits for nobody; it holds what no unit reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from os.path import commonprefix

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ReportingUnit
from submissions.intake import ExceptionInput
from submissions.models import ApprovalException, Decision, MonthlyReport
from targets.models import Assignment
from workplan.lib.refusals import Refused

#: A sentence names so many units; the page and REST list them all.
MOST_NAMED = 5


class WaitsForUnits(Refused):
    """Units below are not approved, and no exception names them."""

    code = "waits_for_units"

    def __init__(self, above: ReportingUnit, units: Sequence[ReportingUnit]) -> None:
        self.units = list(units)
        super().__init__(
            _("%(above)s还有 %(n)s 个下级单位未通过：%(units)s。请等这些单位通过，或列为例外并写明原因。"),
            above=lazy(lambda: above.label, str)(),
            n=len(self.units),
            units=named(self.units),
        )

    def errors(self) -> list[dict[str, object]]:
        message = gettext("%(code)s %(unit)s本月的报表未通过。")
        return [
            {
                "pointer": "/exception/units",
                "code": self.code,
                "unit": unit.code,
                "message": message % {"code": unit.code, "unit": unit.label},
            }
            for unit in self.units
        ]


def named(units: Sequence[ReportingUnit]) -> Promise:
    """Return the names of the first units, in the language of the moment they are read."""

    def names() -> str:
        told = gettext("、").join(unit.label for unit in units[:MOST_NAMED])
        return told if len(units) <= MOST_NAMED else gettext("%(units)s等") % {"units": told}

    return lazy(names, str)()


def check_waiting(report: MonthlyReport, given: ExceptionInput | None) -> list[ReportingUnit]:
    """Return the units that the approval does not wait for, each named by the exception.

    :raises WaitsForUnits: with those that it does not name.
    """
    waiting = units_waited_for([report])[report.pk]
    excepted = frozenset[str]() if given is None else given.units
    left = [unit for unit in waiting if unit.code not in excepted]
    if left:
        raise WaitsForUnits(report.unit, left)
    return waiting


def keep_exceptions(decision: Decision, units: Iterable[ReportingUnit], given: ExceptionInput | None) -> None:
    """Keep, with the approval, whom it did not wait for; no statement where there is nobody."""
    if given is not None:
        rows = [ApprovalException(decision=decision, unit=unit, reason=given.reason) for unit in units]
        ApprovalException.objects.bulk_create(rows)


def as_details(units: Sequence[ReportingUnit], given: ExceptionInput | None) -> dict[str, object]:
    """Return what the audit trail keeps of an exception; nothing where none was needed."""
    if given is None or not units:
        return {}
    return {"exception": {"units": [unit.code for unit in units], "reason": given.reason}}


def passed_over(report: MonthlyReport) -> list[ApprovalException]:
    """Return the approvals of the month above the unit that did not wait for it, newest first."""
    if report.unit.level < 2:  # above it is the nation alone, which waits for nobody
        return []
    rows = ApprovalException.objects.filter(unit=report.unit_id, decision__report__period=report.period_id)
    return list(rows.select_related("decision__by", "decision__report__unit").order_by("-decision"))


def exceptions_of(report: MonthlyReport) -> list[ApprovalException]:
    """Return whom the approval of the filing in force did not wait for, in the order of the units."""
    if report.approved_filing_id is None:
        return []
    rows = ApprovalException.objects.filter(decision__filing=report.approved_filing_id)
    return list(rows.select_related("decision__by", "unit").order_by("unit__position", "unit__code"))


# Who is waited for -----------------------------------------------------------------------------


def units_waited_for(reports: Iterable[MonthlyReport]) -> dict[int, list[ReportingUnit]]:
    """Return, for each report, the units it waits for, in their order; at most three queries."""
    found = waited_for(reports)
    ids = {unit for units in found.values() for unit in units}
    units = ReportingUnit.objects.in_bulk(ids) if ids else {}
    return {
        report: sorted((units[pk] for pk in waiting), key=lambda unit: (unit.position, unit.code))
        for report, waiting in found.items()
    }


def waited_for(reports: Iterable[MonthlyReport]) -> dict[int, list[int]]:
    """Return, for each report, the ids of the units it waits for: two queries, however many reports and units."""
    reports = list(reports)
    found: dict[int, list[int]] = {report.pk: [] for report in reports}
    above = {(one.unit.path, one.month): one.pk for one in reports if not one.unit.is_nation}
    if not above:
        return found
    # One prefix that they share and one level keep the questions short; what is read beyond falls out below.
    shared = commonprefix([path for path, _month in above])  # noqa: RUF071 -- any beginning they share will do
    highest = min(one.unit.level for one in reports if not one.unit.is_nation)
    months = {one.month: one.period for one in reports}
    assigned = Assignment.objects.filter(
        plan__in={period.plan_id for period in months.values()},
        unit__level__gt=highest,
        unit__path__startswith=shared,
    )
    due = list(assigned.values_list("plan_id", "indicator__frequency", "unit__path", "unit_id").distinct())
    if not due:
        return found
    approved = set(
        MonthlyReport.objects.approved()
        .filter(period__in=months, unit__level__gt=highest, unit__path__startswith=shared)
        .values_list("unit_id", "period_id")
    )
    for month, period in months.items():
        frequencies = period.frequencies_due
        due_now = {path: pk for plan, often, path, pk in due if plan == period.plan_id and often in frequencies}
        for path, pk in due_now.items():
            if (pk, month) not in approved:
                _keep_waiting(path, pk, month, above, due_now, found)
    return found


def _keep_waiting(
    path: str,
    unit: int,
    month: date,
    above: Mapping[tuple[str, date], int | None],
    due: Mapping[str, int],
    found: Mapping[int, list[int]],
) -> None:
    """Let the reports above the unit wait for it, up to the nearest unit that is due itself."""
    codes = path.split(".")[:-1]
    for depth in range(len(codes) - 1, 0, -1):
        upper = ".".join([*codes[:depth], ""])
        if (upper, month) in above:
            found[above[upper, month]].append(unit)
        if upper in due:
            return
