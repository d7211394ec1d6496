"""How many prefectures of each unit owe a milestone: what the plan may say, above and below the models."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from targets.models import Milestone
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone():
    return factories.MilestoneFactory(code="M27-2", actors=["C"], scope="PREFECTURES", scope_count=333)


@pytest.mark.parametrize("counts", [{}, {"440000": 21}, {"440000": 1, "450000": 9_999}])
def test_codes_with_whole_numbers_are_taken(milestone, counts):
    milestone.scope_by_unit = counts
    milestone.full_clean()


@pytest.mark.parametrize(
    "counts", ["21", {"广东": 21}, {"44000": 21}, {"440000": 0}, {"440000": 10_000}, {"440000": "21"}, {"440000": True}]
)
def test_anything_else_is_refused_with_a_sentence(milestone, counts):
    milestone.scope_by_unit = counts
    with pytest.raises(ValidationError, match="六位单位代码") as refusal:
        milestone.full_clean()
    assert list(refusal.value.message_dict) == ["scope_by_unit"]


@pytest.mark.parametrize("change", [{"scope": "UNITS"}, {"scope_by_unit": []}])
def test_only_a_milestone_of_prefectures_names_them_in_a_table(milestone, change):
    milestone.scope_by_unit = {"440000": 21}
    milestone.save()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Milestone.objects.update(**change)
    assert refusal.value.__cause__.diag.constraint_name == "targets_milestone_scope_by_unit_is_of_prefectures"
