"""A month to write a circular about: ten units, five kinds of indicator, some behind, two without a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import ReportingUnit
from reporting.circular.facts import Facts, gather
from submissions.models import ReportingMonth
from targets.models import Assignment, Indicator, Target
from tests import factories
from tests.reporting.filings import publish, stand

TODAY = date(2007, 10, 12)
#: Shares of the year's target that units 1 to 8 had done by the end of September.
NAMES = "甲乙丙丁戊己庚辛壬癸"
DONE = ("1.10", "1.02", "1.00", "0.9996", "0.80", "0.74", "0.70", "0.40")


@dataclass(frozen=True)
class Month:
    period: ReportingMonth
    units: list[ReportingUnit]
    indicators: dict[str, Indicator]

    def facts(self, person: object) -> Facts:
        period = ReportingMonth.objects.select_related("plan").get(pk=self.period.pk)
        return gather(person, period, today=TODAY)


def september(*, is_published: bool = False) -> Month:
    """Return September: units 1–8 stand at DONE of 100 000 each, unit 8 says why, units 9 and 10 filed nothing."""
    periods = factories.months_of_2007()
    units = [
        factories.UnitFactory(code=f"{n}0000", name=f"第{n}省劳动保障厅", short_name=f"{name}省", position=n)
        for n, name in enumerate(NAMES, start=11)
    ]
    indicators = {
        "T01": factories.IndicatorFactory(code="T01", name="城镇新增就业人数", short_name="城镇新增就业"),
        "T04": factories.IndicatorFactory(code="T04", ratio=True, name="城镇登记失业率", short_name="登记失业率"),
        "T08": factories.IndicatorFactory(code="T08", stock=True, name="养老保险参保人数", short_name="养老保险参保"),
        "T18": factories.IndicatorFactory(code="T18", zero=True, name="养老金新增拖欠", short_name="养老金拖欠"),
        "W01": factories.IndicatorFactory(code="W01", name="清偿拖欠工资人数", short_name="清偿工资"),
    }
    _promise(indicators, units)
    for place, share in enumerate(DONE):
        done = Decimal(share) * 100_000
        arrears = {"value": 0, "persons": 0} if place != 6 else {"value": Decimal("12500.50"), "persons": 7}
        note = "受灾停产企业较多，岗位减少" if place == 7 else ""
        rate = (46 if place == 7 else 40, 1000)
        stand(
            units[place],
            periods[8],
            {
                indicators["T01"]: {"value": done, "note": note},
                indicators["T04"]: rate,
                indicators["T08"]: 1_000_000 + done,
                indicators["T18"]: arrears,
                indicators["W01"]: 1_234,
            },
        )
    if is_published:
        publish(periods[8])
    return Month(periods[8], units, indicators)


def _promise(indicators: dict[str, Indicator], units: list[ReportingUnit]) -> None:
    nation = factories.NationFactory()
    item = factories.ItemFactory(number=1)
    second = factories.ItemFactory(number=5, heading="进一步扩大社会保险覆盖范围")
    promised = {
        "T01": {"target_value": 100_000, "item": item},
        "T04": {"target_value": "0.046", "bound": "AT_MOST", "baseline_value": "0.041", "item": item},
        "T08": {"target_value": 1_100_000, "baseline_value": 1_000_000, "item": second},
        "T18": {"target_value": 0, "bound": "AT_MOST", "item": second},
    }
    plan = item.plan
    Target.objects.bulk_create(
        Target(
            plan=plan, indicator=indicators[code], unit=unit, **{"bound": "AT_LEAST", **terms, **_summed(terms, unit)}
        )
        for code, terms in promised.items()
        for unit in [nation, *units]
    )
    Assignment.objects.bulk_create(
        Assignment(plan=plan, indicator=indicator, unit=unit) for indicator in indicators.values() for unit in units
    )


def _summed(terms: dict[str, object], unit: ReportingUnit) -> dict[str, object]:
    """Return ten times the numbers of a unit for the nation; a rate is the same everywhere."""
    if not unit.is_nation or "bound" in terms:
        return {}
    return {name: terms[name] * 10 for name in ("target_value", "baseline_value") if name in terms}
