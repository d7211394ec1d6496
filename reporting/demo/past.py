"""The year before the demonstration, entered as what was published of it: the portal has no reports of that year.

Synthetic, and marked so: every indicator ends the year at the plan's baseline, for the country as for each unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import NATION_CODE
from reporting.demo.data import Demo
from reporting.demo.series import FLOWS, apportion
from submissions.models import PublishedFigure, Release
from targets import measures, periods
from targets.models import Plan, Target

#: Rates are published to so many decimals.
_RATE = Decimal("0.0001")
#: Who lags this year fell behind the others in the last already, but not as far.
_LAGGED = Decimal("0.86")
#: The part of the year that has passed by a month's end.
_PASSED = {month: Decimal(month) / periods.MONTHS_IN_YEAR for month in range(1, periods.MONTHS_IN_YEAR + 1)}


def publish(demo: Demo) -> int:
    """Enter what was published of the year before; what stands already stays. Return how many figures there are."""
    figures = list(_figures(demo, Plan.objects.get(year=demo.year)))
    PublishedFigure.objects.bulk_create(figures, ignore_conflicts=True, batch_size=1_000)
    return len(figures)


def withdraw() -> int:
    """Take back what `publish` entered; return how many figures that were."""
    return PublishedFigure.objects.filter(is_synthetic=True, entered_by=None).delete()[0]


def _figures(demo: Demo, plan: Plan) -> Iterator[PublishedFigure]:
    of_country: dict[str, Target] = {}
    of_units: dict[str, list[Target]] = defaultdict(list)
    for target in plan.targets.select_related("indicator", "unit").order_by("unit__position"):
        if target.unit.code == NATION_CODE:
            of_country[target.indicator.code] = target
        else:
            of_units[target.indicator.code].append(target)
    for code, whole in of_country.items():
        path = _Path.of(demo, code, whole.baseline_value)
        if path is None:
            continue
        for number, value in path.months.items():
            parts = _parts(demo, code, value, whole, of_units[code])
            for target, one in [(whole, value), *zip(of_units[code], parts, strict=True)]:
                yield PublishedFigure(
                    unit=None if target is whole else target.unit,
                    indicator=whole.indicator,
                    month=date(demo.year - 1, number, 1),
                    release=Release.FINAL,
                    value=one,
                    source=demo.past.source,
                    is_synthetic=True,
                )


@dataclass(frozen=True)
class _Path:
    """What the country stood at, month by month, up to the year end."""

    months: Mapping[int, Decimal]

    @classmethod
    def of(cls, demo: Demo, code: str, year_end: Decimal | None) -> _Path | None:
        """Return the path of an indicator; None where nothing is told of it or the plan has no baseline."""
        past = demo.past
        if year_end is None:
            return None
        if code in past.shares:
            before = {month: Decimal(int(year_end * share)) for month, share in past.shares[code].items()}
        elif code in past.levels_before:
            start = past.levels_before[code]
            before = {month: Decimal(int(start + (year_end - start) * part)) for month, part in _PASSED.items()}
        elif code in past.rates:
            before = dict(past.rates[code])
        else:
            return None
        return cls({**before, periods.MONTHS_IN_YEAR: year_end})


def _parts(demo: Demo, code: str, value: Decimal, whole: Target, units: Sequence[Target]) -> list[Decimal]:
    """Return the units' figures of a month: what adds up is split, a rate moves with the country's."""
    if code in demo.past.rates:
        moved = measures.ratio(value, whole.baseline_value) or Decimal(1)
        return [((one.baseline_value or value) * moved).quantize(_RATE) for one in units]
    if code in FLOWS:
        weights = [_weight(demo, code, one) for one in units]
    else:
        weights = [one.baseline_value or Decimal(0) for one in units]
    return [Decimal(share) for share in apportion(int(value), weights)]


def _weight(demo: Demo, code: str, target: Target) -> Decimal:
    """Return a unit's share of a flow: who is fast this year was slow in the last, so the years differ by unit."""
    slow = demo.laggards.get(target.unit.code)
    if slow is not None:
        return target.target_value * slow * _LAGGED
    return target.target_value / demo.pace[target.unit.code][FLOWS[code]]
