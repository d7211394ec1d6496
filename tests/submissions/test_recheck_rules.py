"""`recheck_rules`: what approved data would fail today (A-11); nothing is changed."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from submissions.models import MonthlyReport, RuleSetting
from tests import factories


@pytest.fixture
def approved(unit, period, clerk, lead, ministry):
    """August and September, approved; September's level rose by 4 %, within the limits of the day."""
    august = factories.MonthFactory(number=8)
    factories.approved(unit, august, {"T01": "1000", "T08": "100000"}, by=lead, reviewer=ministry)
    figures = {"T01": "1100", "T08": "104000", "T04": ("40", "1000")}
    return factories.approved(unit, period, figures, by=lead, reviewer=ministry)


def recheck(**options):
    out = StringIO()
    call_command("recheck_rules", stdout=out, **options)
    return out.getvalue()


def test_approved_data_has_nothing_to_object_to(approved):
    assert recheck() == "2 approved reports: nothing to object to.\n"


@pytest.fixture
def stricter(approved):
    return RuleSetting.objects.create(
        rule="V08", valid_from=date(2007, 1, 1), limits={"stock_rise": "0.03"}, reason="2007年核查"
    )


def test_what_a_stricter_rule_would_object_to_is_listed(stricter, approved):
    out = StringIO()
    before = MonthlyReport.objects.values_list("status", "version", "approved_filing")
    with pytest.raises(CommandError, match=r"1 findings in 2 approved reports \(V\d\d 1\)"):
        call_command("recheck_rules", stdout=out)

    assert out.getvalue().startswith("2007-09 440000 W V08:T08 T08")
    assert list(before) == list(MonthlyReport.objects.values_list("status", "version", "approved_filing"))


@pytest.mark.parametrize(
    ("options", "n"), [({"month": "2007-08"}, 1), ({"rule": "V03"}, 2), ({"unit": "440000", "month": "2007-08"}, 1)]
)
def test_the_list_can_be_narrowed(stricter, options, n):
    assert recheck(**options) == f"{n} approved reports: nothing to object to.\n"


def test_a_unit_stands_for_those_below_it(stricter):
    with pytest.raises(CommandError, match="1 findings"):
        recheck(unit="000000", rule="V08", month="2007-09")


def test_an_explained_warning_is_settled(unit, period, lead, ministry):
    factories.approved(unit, factories.MonthFactory(number=8), {"T01": "1", "T08": "100"}, by=lead, reviewer=ministry)
    factories.approved(
        unit, period, {"T01": "2", "T08": "110", "T04": ("40", "1000")}, by=lead, reviewer=ministry,
        explanations={"V08:T08": "省级统筹并入两个行业。"},
    )  # fmt: skip

    assert recheck() == "2 approved reports: nothing to object to.\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [({"month": "2007-13"}, "2007-13"), ({"unit": "999999"}, "no unit '999999'"), ({"rule": "V99"}, "no rule 'V99'")],
)
def test_what_does_not_exist_is_said(db, options, words):
    with pytest.raises(CommandError, match=words):
        recheck(**options)
