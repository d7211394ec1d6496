"""What the database refuses of the plan, below the ORM's own checks."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation

from targets.models import Assignment, Chapter, FormerIndicator, Indicator, Item, Milestone, Plan, Target, Thresholds
from tests import factories

pytestmark = pytest.mark.django_db


def refused(name, change):
    """Run the change and return whether the database named this constraint when refusing it."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change()
    return name in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("targets_indicator_kind_is_known", {"kind": "LEVEL"}),
        ("targets_indicator_unit_is_known", {"unit_of_measure": "WAN"}),
        ("targets_indicator_frequency_is_known", {"frequency": 2}),
        ("targets_indicator_only_ratios_pool", {"unit_aggregation": "RATIO_OF_SUMS"}),
        (
            "targets_indicator_ratio_names_its_parts",
            {"kind": "RATIO", "unit_aggregation": "RATIO_OF_SUMS", "numerator_name": ""},
        ),
        ("targets_indicator_at_most_four_decimals", {"decimals": 5}),
    ],
)
def test_an_indicator_that_cannot_be_is_refused(name, values):
    indicator = factories.IndicatorFactory()

    assert refused(name, lambda: Indicator.objects.filter(pk=indicator.pk).update(**values))


@pytest.mark.parametrize(
    ("name", "code"), [("targets_former_code_is_not_in_use", "T01"), ("targets_former_code_is_a_code", "t-1")]
)
def test_x24_a_code_that_cannot_be_retired_is_refused(name, code):
    successor = factories.IndicatorFactory(code="T01")
    former = FormerIndicator(code=code, name="旧指标", successor=successor, retired_on=date(2006, 1, 1))

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        former.save()
    assert refusal.value.__cause__.diag.constraint_name == name


def test_x24_the_admin_says_that_a_code_is_in_use():
    successor = factories.IndicatorFactory(code="T01")

    with pytest.raises(ValidationError, match="仍在使用"):
        FormerIndicator(code="T01", name="旧指标", successor=successor, retired_on=date(2006, 1, 1)).full_clean()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("targets_target_value_is_a_number", {"target_value": Decimal(-3)}),
        ("targets_target_value_is_a_number", {"target_value": Decimal("NaN")}),
        ("targets_baseline_value_is_a_number", {"baseline_value": Decimal(-1)}),
        ("targets_baseline_value_is_a_number", {"baseline_value": Decimal("NaN")}),
        ("targets_target_bound_is_known", {"bound": "ABOUT"}),
        ("targets_target_strength_is_known", {"strength": "HOPED"}),
        ("targets_target_planned_month_is_a_month", {"planned_month": 13}),
        ("targets_target_curve_has_twelve_months", {"seasonal_shares": [Decimal("0.5")]}),
        ("targets_target_headline_position_is_on_the_screen", {"headline_position": 0}),
        ("targets_target_headline_position_is_on_the_screen", {"headline_position": 9}),
    ],
)
def test_a_target_that_cannot_be_is_refused(name, values):
    from django.db import connection

    target = factories.TargetFactory()
    column, value = next(iter(values.items()))
    statement = f"UPDATE targets_target SET {column} = %s WHERE id = %s"  # noqa: S608 -- our own column

    def change():
        with connection.cursor() as cursor:
            cursor.execute(statement, [value, target.pk])

    assert refused(name, change)


def test_a_second_target_for_the_same_indicator_unit_and_plan_is_refused():
    target = factories.TargetFactory()
    twin = Target(
        plan=target.plan, item=target.item, indicator=target.indicator, unit=target.unit,
        target_value=1, bound="AT_LEAST",
    )  # fmt: skip

    assert refused("targets_target_one_per_plan_indicator_unit", lambda: Target.objects.bulk_create([twin]))


def test_two_figures_cannot_take_the_same_place_of_the_headline_but_may_change_places():
    first = factories.TargetFactory(headline_position=1)
    second = factories.TargetFactory(plan=first.plan, headline_position=2)
    both = Target.objects.filter(pk__in=[first.pk, second.pk])

    assert refused("targets_target_one_per_headline_position", lambda: both.update(headline_position=1))
    assert both.update(headline_position=3 - F("headline_position")) == 2


def test_only_the_countrys_figures_take_a_place_of_the_headline():
    of_a_unit = factories.TargetFactory(unit=factories.UnitFactory(), headline_position=1)

    with pytest.raises(ValidationError, match="只有全国的目标"):
        of_a_unit.full_clean()


def test_a_second_assignment_is_refused():
    one = factories.AssignmentFactory()
    twin = Assignment(plan=one.plan, indicator=one.indicator, unit=one.unit)

    assert refused("targets_assignment_one_per_plan_unit_indicator", lambda: Assignment.objects.bulk_create([twin]))


def test_chapters_and_items_are_numbered_once_per_plan():
    item = factories.ItemFactory()
    chapter = Chapter(plan=item.plan, number=item.chapter.number, heading="又一部分")
    twin = Item(plan=item.plan, chapter=item.chapter, number=item.number, heading="又一项", summary="–", lead="–")

    assert refused("targets_chapter_one_number_per_plan", lambda: Chapter.objects.bulk_create([chapter]))
    assert refused("targets_item_one_number_per_plan", lambda: Item.objects.bulk_create([twin]))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("targets_milestone_scope_is_known", {"scope": "WORLD"}),
        ("targets_milestone_output_is_known", {"output": "SPEECH"}),
        ("targets_milestone_frequency_is_known", {"frequency": "DAILY"}),
        ("targets_milestone_has_an_actor", {"actors": []}),
    ],
)
def test_a_milestone_that_cannot_be_is_refused(name, values):
    milestone = factories.MilestoneFactory()

    assert refused(name, lambda: Milestone.objects.filter(pk=milestone.pk).update(**values))


def test_a_milestone_code_stands_once_per_item():
    one = factories.MilestoneFactory()
    twin = Milestone(
        item=one.item,
        code=one.code,
        title="重复",
        actors=["P"],
        scope="UNITS",
        output="NONE",
        frequency="EVENT",
    )

    assert refused("targets_milestone_one_code_per_item", lambda: Milestone.objects.bulk_create([twin]))


def test_a_plan_year_is_plausible():
    plan = factories.PlanFactory()

    assert refused("targets_plan_year_is_plausible", lambda: Plan.objects.filter(pk=plan.pk).update(year=207))


def test_thresholds_are_fractions():
    thresholds = Thresholds.objects.create(plan=factories.PlanFactory())

    assert refused(
        "targets_thresholds_are_fractions",
        lambda: Thresholds.objects.filter(pk=thresholds.pk).update(lagging_ratio=Decimal(2)),
    )


def test_labels_speak_the_readers_language_and_fall_back_to_chinese():
    indicator = factories.IndicatorFactory(name="城镇新增就业人数", name_en="New urban jobs", short_name="新增就业")

    with translation.override("en"):
        assert (indicator.label, indicator.short_label) == ("New urban jobs", "新增就业")
    assert indicator.label == "城镇新增就业人数"


def test_a_target_is_measured_as_it_stands():
    target = factories.TargetFactory(
        indicator=factories.IndicatorFactory(stock=True), target_value=5000, baseline_value=Decimal(3800)
    )

    goal = target.goal()

    assert (goal.kind, goal.bound, goal.target, goal.baseline) == ("STOCK", "AT_LEAST", 5000, Decimal(3800))
