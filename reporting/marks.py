"""The letters beside a figure that say what is special about it: one alphabet for pages, exports and the circular.

p, r, x, z and e as the statistical offices use them; c for what stands on an earlier month.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow, row_value
from reporting.models import Total
from reporting.regions import RegionRow
from submissions.models import ReportingMonth
from targets.models import Indicator


class Mark(StrEnum):
    """In the order they stand beside a figure."""

    MISSING = "x"
    NOT_APPLICABLE = "z"
    CARRIED = "c"
    PROVISIONAL = "p"
    REVISED = "r"
    SYNTHETIC = "e"

    @property
    def meaning(self) -> Promise:
        return _MEANINGS[self]


_MEANINGS = {
    Mark.MISSING: gettext_lazy("缺报"),
    Mark.NOT_APPLICABLE: gettext_lazy("不适用"),
    Mark.CARRIED: gettext_lazy("含沿用的上期数"),
    Mark.PROVISIONAL: gettext_lazy("暂定数（报告期未发布）"),
    Mark.REVISED: gettext_lazy("发布后有修订"),
    Mark.SYNTHETIC: gettext_lazy("测算数（目标或上年同期），非官方"),
}


def marks_of(row: ProgressRow | RegionRow) -> tuple[Mark, ...]:
    """Return what is special about a unit's or a region's figure; nothing where no month is due and none stands."""
    told = _marks(
        row.value is not None,
        row,
        is_due=row.is_due,
        is_published=row.is_published,
        is_revised=row.is_revised,
    )
    return (*told, Mark.SYNTHETIC) if row.has_synthetic_target else told


def marks_beside(row: ProgressRow | RegionRow) -> tuple[Mark, ...]:
    """Return the marks of the figure itself; what the target is marked for stands at the target."""
    return tuple(mark for mark in marks_of(row) if mark != Mark.SYNTHETIC)


def marks_of_total(total: Total, *, is_due: bool, is_published: bool, is_revised: bool) -> tuple[Mark, ...]:
    """Return what is special about a stored total, which knows of no target."""
    stands = row_value(total) is not None
    return _marks(stands, total, is_due=is_due, is_published=is_published, is_revised=is_revised)


def marks_of_year(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, unit: ReportingUnit
) -> dict[date, tuple[Mark, ...]]:
    """Return the marks of each month of the plan year up to this one that is open to the person: three queries."""
    stored = Total.objects.visible_to(person).filter(
        plan=period.plan_id, indicator=indicator, unit=unit, month__lte=period.month
    )
    months = {one.month: one for one in ReportingMonth.objects.filter(plan=period.plan_id)}
    revised = set(stored.revised().values_list("month", flat=True))
    return {
        row.month: marks_of_total(
            row,
            is_due=months[row.month].is_due(indicator.frequency),
            is_published=months[row.month].is_published,
            is_revised=row.month in revised,
        )
        for row in stored.select_related("indicator")
    }


def _marks(
    stands: bool,  # noqa: FBT001
    counts: ProgressRow | RegionRow | Total,
    *,
    is_due: bool,
    is_published: bool,
    is_revised: bool,
) -> tuple[Mark, ...]:
    holds = {
        Mark.MISSING: not stands and counts.n_due > 0,
        Mark.NOT_APPLICABLE: not stands and counts.n_due == 0 and is_due,
        Mark.CARRIED: stands and counts.n_carried > 0,
        Mark.PROVISIONAL: stands and not is_published,
        Mark.REVISED: is_revised,
    }
    return tuple(mark for mark, is_so in holds.items() if is_so)


def legend(marks: Iterable[Mark] = tuple(Mark)) -> str:
    """Return what the marks mean as one sentence; "" where there are none."""
    present = set(marks)
    shown = [f"{mark} {mark.meaning}" for mark in Mark if mark in present]
    return _("标记：%(marks)s。") % {"marks": _("；").join(shown)} if shown else ""
