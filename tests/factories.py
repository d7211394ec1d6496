"""One boring factory per model, valid by default; situations are named functions at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from accounts.models import NATION_CODE, ReportingUnit, Role, RoleGrant, UnitKind, User
from submissions import facts, services
from submissions.intake import FigureReader
from submissions.models import Explanation, Figure, Filing, MonthlyReport, ReportingMonth
from targets.models import (
    Assignment,
    Bound,
    Chapter,
    Frequency,
    Indicator,
    IndicatorPart,
    Item,
    Kind,
    Milestone,
    Plan,
    Target,
    UnitAggregation,
    UnitOfMeasure,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """Return a moment of the business clock."""
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = ReportingUnit
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{110501 + n % 89 * 10000 + n // 89:06d}")  # none that a test names
    name = factory.LazyAttribute(lambda unit: f"单位{unit.code}")
    short_name = factory.LazyAttribute(lambda unit: f"单位{unit.code[:2]}")
    name_en = factory.LazyAttribute(lambda unit: f"Unit {unit.code}")
    kind = UnitKind.PROVINCE
    level = factory.LazyAttribute(lambda unit: unit.parent.level + 1 if unit.parent else 0)
    parent = factory.LazyAttribute(lambda _: NationFactory())
    path = factory.LazyAttribute(lambda unit: (unit.parent.path if unit.parent else "") + f"{unit.code}.")
    position = factory.Sequence(lambda n: n + 1)


class NationFactory(UnitFactory):
    code = NATION_CODE
    name = "全国"
    short_name = "全国"
    name_en = "Nationwide"
    kind = UnitKind.NATION
    parent = None
    position = 0


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.LazyAttribute(lambda user: f"人员{user.username}")


class GrantFactory(DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.CLERK
    unit = factory.LazyAttribute(lambda _: NationFactory())
    starts_on = date(2007, 1, 1)


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan
        django_get_or_create = ("year",)

    year = 2007
    number = "劳社部发〔2007〕1号"
    title = "2007年劳动和社会保障工作要点"
    issuer = "劳动和社会保障部"
    issued_on = date(2007, 1, 29)


class ChapterFactory(DjangoModelFactory):
    class Meta:
        model = Chapter
        django_get_or_create = ("plan", "number")

    plan = factory.SubFactory(PlanFactory)
    number = 1
    heading = "全面做好就业培训各项工作"


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = Item
        django_get_or_create = ("plan", "number")

    plan = factory.SubFactory(PlanFactory)
    chapter = factory.SubFactory(ChapterFactory, plan=factory.SelfAttribute("..plan"))
    number = 1
    heading = "全面完成就业再就业目标任务"
    summary = "完成全年就业目标。"
    lead = "培训就业司"


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator
        django_get_or_create = ("code",)

    class Params:
        stock = factory.Trait(kind=Kind.STOCK)
        ratio = factory.Trait(
            kind=Kind.RATIO,
            unit_of_measure=UnitOfMeasure.RATE,
            unit_aggregation=UnitAggregation.RATIO_OF_SUMS,
            frequency=Frequency.QUARTERLY,
            numerator_name="登记失业人数",
            denominator_name="城镇从业人数与登记失业人数之和",
        )
        count = factory.Trait(kind=Kind.COUNT, unit_of_measure=UnitOfMeasure.COUNT, frequency=Frequency.HALF_YEARLY)
        zero = factory.Trait(kind=Kind.ZERO, unit_of_measure=UnitOfMeasure.YUAN, decimals=2, has_persons=True)

    code = factory.Sequence(lambda n: f"X{n + 100}")  # none that a test names
    name = factory.LazyAttribute(lambda indicator: f"指标{indicator.code}")
    name_en = factory.LazyAttribute(lambda indicator: f"Indicator {indicator.code}")
    short_name = factory.LazyAttribute(lambda indicator: f"指标{indicator.code}")
    kind = Kind.FLOW
    unit_of_measure = UnitOfMeasure.PERSON
    frequency = Frequency.MONTHLY


class IndicatorPartFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorPart

    indicator = factory.SubFactory(IndicatorFactory, stock=True)
    code = "workers"
    name = "在职职工"


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    plan = factory.SubFactory(PlanFactory)
    item = factory.SubFactory(ItemFactory, plan=factory.SelfAttribute("..plan"))
    indicator = factory.SubFactory(IndicatorFactory)
    unit = factory.LazyAttribute(lambda _: NationFactory())
    target_value = Decimal(9_000_000)
    bound = Bound.AT_LEAST


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment
        django_get_or_create = ("plan", "indicator", "unit")

    plan = factory.SubFactory(PlanFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    unit = factory.SubFactory(UnitFactory)


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    item = factory.SubFactory(ItemFactory)
    code = factory.Sequence(lambda n: f"M01-{n % 90 + 10}")  # none that a test names
    title = "分解目标任务"
    actors = ["P"]
    scope = "UNITS"
    scope_count = 32
    output = "DOCUMENT"
    frequency = "EVENT"


class MonthFactory(DjangoModelFactory):
    """A month of 2007 that opens on its 1st and falls due on the 5th of the next."""

    class Meta:
        model = ReportingMonth
        django_get_or_create = ("month",)

    class Params:
        number = 1
        published = factory.Trait(published_at=shanghai(2007, 12, 31), published_by=factory.SubFactory(UserFactory))
        closed = factory.Trait(closed_at=shanghai(2007, 12, 30), closed_by=factory.SubFactory(UserFactory))

    plan = factory.SubFactory(PlanFactory)
    month = factory.LazyAttribute(lambda period: date(period.plan.year, period.number, 1))
    opens_on = factory.LazyAttribute(lambda period: period.month)
    due_on = factory.LazyAttribute(lambda period: (period.month + timedelta(days=32)).replace(day=5))
    covers_from = factory.LazyAttribute(lambda period: period.month)
    covers_to = factory.LazyAttribute(lambda period: (period.month + timedelta(days=32)).replace(day=1) - timedelta(1))
    late_due_on = factory.LazyAttribute(lambda period: period.due_on + timedelta(days=7))
    view_only_from = factory.LazyAttribute(lambda period: period.month + timedelta(days=460))


class ReportFactory(DjangoModelFactory):
    """A draft report with its first, empty filing."""

    class Meta:
        model = MonthlyReport
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    period = factory.SubFactory(MonthFactory)

    @factory.post_generation
    def filing(self, create: bool, extracted: object, **kwargs: object) -> None:
        if self.filing is None:
            self.filing = Filing.objects.create(report=self, number=1)
            self.save(update_fields=["filing"])


class FigureFactory(DjangoModelFactory):
    class Meta:
        model = Figure

    filing = factory.LazyAttribute(lambda figure: ReportFactory().filing)
    indicator = factory.SubFactory(IndicatorFactory)
    value = Decimal(40)


class ExplanationFactory(DjangoModelFactory):
    class Meta:
        model = Explanation

    filing = factory.LazyAttribute(lambda explanation: ReportFactory().filing)
    rule = "V08"
    indicator = factory.SubFactory(IndicatorFactory)
    text = "参保范围扩大到农民工。"


# People and situations -------------------------------------------------------------------------


def person(role: str, unit: ReportingUnit | None = None, **fields: object) -> User:
    """Return someone who holds the role, over the whole country unless a unit is named."""
    duty = {"SYSTEM_ADMIN": "SYSTEM", "SECURITY_ADMIN": "SECURITY", "AUDITOR": "AUDIT"}.get(role, "BUSINESS")
    user = UserFactory(duty=duty, **fields)
    GrantFactory(user=user, role=role, unit=unit or NationFactory())
    return user


def months_of_2007(through: int = 12) -> list[ReportingMonth]:
    return [MonthFactory(number=number) for number in range(1, through + 1)]


def file(
    unit: ReportingUnit,
    period: ReportingMonth,
    figures: Mapping[str, object],
    *,
    by: User,
    now: datetime | None = None,
) -> MonthlyReport:
    """Save a draft through the gate: code → text, (numerator, denominator), or a row of cells."""
    now = now or shanghai(2007, 12, 20)
    report = services.report_for(unit, period)
    reader = FigureReader(report, facts.due_indicators(unit, period), facts.figures_by_indicator(report))
    inputs = reader.read([_cells(code, given) for code, given in figures.items()])
    return services.save_draft(report, by=by, now=now, version=report.version, figures=inputs)


def _cells(code: str, given: object) -> dict[str, object]:
    if isinstance(given, Mapping):
        return {"indicator": code, **given}
    if isinstance(given, tuple):
        return {"indicator": code, "numerator": str(given[0]), "denominator": str(given[1])}
    return {"indicator": code, "value": None if given is None else str(given)}


def submitted(
    unit: ReportingUnit,
    period: ReportingMonth,
    figures: Mapping[str, object],
    *,
    by: User,
    now: datetime | None = None,
    explanations: Mapping[str, str] | None = None,
) -> MonthlyReport:
    """Return the report, filed and handed in."""
    now = now or shanghai(2007, 12, 20)
    report = file(unit, period, figures, by=by, now=now)
    return services.submit(report, by=by, now=now, version=report.version, explanations=explanations or {})


def approved(
    unit: ReportingUnit,
    period: ReportingMonth,
    figures: Mapping[str, object],
    *,
    by: User,
    reviewer: User,
    now: datetime | None = None,
    explanations: Mapping[str, str] | None = None,
) -> MonthlyReport:
    """Return the report, filed, handed in and approved by another person."""
    now = now or shanghai(2007, 12, 20)
    report = submitted(unit, period, figures, by=by, now=now, explanations=explanations)
    return services.approve(report, by=reviewer, now=now, version=report.version)
