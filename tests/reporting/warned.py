"""Rules of early warning, and a small country to hold them against."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from factory.django import DjangoModelFactory

from accounts.models import ReportingUnit
from reporting.models import EarlyWarning, WarningRule
from reporting.warnings import checking
from submissions.models import ReportingMonth
from targets.models import Indicator, Plan
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import stand

NOW = shanghai(2007, 10, 12)


class RuleFactory(DjangoModelFactory):
    """A ceiling with less than 0.2 points left."""

    class Meta:
        model = WarningRule
        django_get_or_create = ("code",)

    code = "EW01"
    name = "失业率余量不足"
    name_en = "Little headroom"
    kind = "THRESHOLD"
    scope = "UNITS"
    measure = "HEADROOM"
    comparison = "LT"
    limit = Decimal("0.002")
    worse_by = Decimal("0.0005")
    valid_from = date(2007, 1, 1)
    reason = "推动建立失业预警机制。"


def ceiling(*units: ReportingUnit, target: str = "0.046") -> Indicator:
    """Return a quarterly rate that each unit files under a ceiling."""
    rate = factories.IndicatorFactory(code="X04", short_name="失业率", ratio=True)
    for unit in units:
        factories.TargetFactory(indicator=rate, unit=unit, target_value=target, bound="AT_MOST")
        factories.AssignmentFactory(indicator=rate, unit=unit)
    return rate


def rates(unit: ReportingUnit, indicator: Indicator, by_month: dict[int, str]) -> None:
    """Approve the rate of some months, as tenths of a per cent of 100,000: 4.5 % is "0.045"."""
    for number, rate in by_month.items():
        parts = (Decimal(rate) * 100_000, Decimal(100_000))
        stand(unit, factories.MonthFactory(number=number), {indicator: parts})


def judged() -> list[EarlyWarning]:
    """Judge what changed, as the next reader would, and return what stands by unit."""
    checking.refresh()
    return list(EarlyWarning.objects.order_by("unit__position", "rule__code", "episode"))


def plan_year() -> tuple[Plan, list[ReportingMonth]]:
    periods = factories.months_of_2007()
    return periods[0].plan, periods
