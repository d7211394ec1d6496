"""From a total to its reports (UX-40), and from a light to its reasons (UX-33): the parts add up, nothing leaks."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, ReportingUnit, UnitKind
from reporting.pages.reasons import compared
from reporting.trace import trace
from submissions.models import Filing, ReportingMonth
from targets.goals import Status
from targets.models import Indicator
from targets.verdicts import Ask, Check
from tests import factories
from tests.reporting.filings import MISSING, stand
from tests.reporting.test_pages import SECRET, SHOWN, more_units, signed_in, small_world

pytestmark = pytest.mark.django_db
SEPTEMBER = "?month=2007-09"


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    return small_world()


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


# Adding up -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["X01", "X04"])
def test_the_parts_on_screen_add_up_to_the_total(world, ministry, code):
    page = signed_in(ministry).get(f"/indicators/{code}/trace/{SEPTEMBER}").context["page"]

    found = page.trace
    assert found.adds_up
    assert [part.unit for part in found.parts] == world
    if code == "X04":
        assert (found.added.numerator, found.added.denominator, found.added.value) == (80, 2000, Decimal("0.04"))
        assert [part.unit for part in found.missing] == [world[2]]
    else:
        assert found.added.value == 9_754_000 == sum(part.value for part in found.parts)
        assert [part.unit for part in found.carried] == [world[2]]
    assert (found.added.n_due, found.added.n_reported) == (3, 2)


def test_the_trace_equals_the_indicator_page(world, ministry):
    client = signed_in(ministry)

    shown = client.get(f"/indicators/X01/{SEPTEMBER}").context["page"].row.value
    assert client.get(f"/indicators/X01/trace/{SEPTEMBER}").context["page"].trace.whole.value == shown


def test_a_carried_part_names_the_report_it_comes_from(world, ministry):
    page = signed_in(ministry).get(f"/indicators/X01/trace/{SEPTEMBER}")

    source = page.context["page"].trace.parts[2].source
    assert (f"{source.month:%Y-%m}", source.filing.number, source.n_versions) == ("2007-08", 1, 1)
    assert 'href="/reports/2007-08/130000/"' in page.content.decode()


def test_from_the_national_total_to_a_report_takes_two_clicks(world, ministry):
    client = signed_in(ministry)
    first = re.search(
        r'href="(/indicators/X01/trace/[^"]*)"', client.get(f"/indicators/X01/{SEPTEMBER}").content.decode()
    )
    page = client.get(first[1].replace("&amp;", "&")).content.decode()

    assert client.get(re.search(r'href="(/reports/2007-09/120000/)"', page)[1]).status_code == 200


def test_a_unit_between_is_taken_apart_into_the_units_that_file(db, ministry):
    flow = factories.IndicatorFactory(code="X01")
    province = factories.UnitFactory(code="440000")
    towns = [
        factories.UnitFactory(code=f"4401{n:02d}", parent=province, kind=UnitKind.PREFECTURE, position=n)
        for n in range(1, 4)
    ]
    counties = [factories.UnitFactory(code=f"44011{n}", parent=towns[2], kind=UnitKind.COUNTY) for n in (5, 6)]
    filers = [*towns[:2], *counties]
    for unit in filers:
        factories.AssignmentFactory(indicator=flow, unit=unit)
    periods = {period.month.month: period for period in factories.months_of_2007()}
    for n, unit in enumerate(filers, start=1):
        stand(unit, periods[9], {flow: n if n < 4 else MISSING})

    nation = trace(ministry, periods[9], flow, factories.NationFactory())
    found = trace(ministry, periods[9], flow, province)

    assert [(part.unit, part.files_itself, part.value) for part in nation.parts] == [(province, False, 6)]
    assert {part.unit: part.value for part in found.parts} == dict(zip(filers, (1, 2, 3, None), strict=True))
    assert (found.added.value, found.adds_up) == (6, True)


def test_a_unit_that_files_itself_shows_every_version_of_its_figure(world, ministry):
    page = signed_in(ministry).get(f"/indicators/X01/trace/{SEPTEMBER}&unit=120000")

    shown = page.context["page"]
    assert (shown.trace.parts, [one.value for one in shown.versions]) == ((), [int(SECRET)])
    text = page.content.decode()
    assert "7,654,000" in text
    assert Filing.objects.get(report__unit=world[1], report__period="2007-09-01").decided_by.label in text


def test_a_unit_without_the_indicator_has_nothing_to_trace(world, ministry):
    factories.UnitFactory(code="650000")

    page = signed_in(ministry).get(f"/indicators/X01/trace/{SEPTEMBER}&unit=650000").content.decode()

    assert "本单位没有这项指标的数据" in page


# Who may see what ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["trace", "reasons"])
@pytest.mark.parametrize("unit", ["000000", "120000"])
def test_a_bureau_traces_no_unpublished_figure_of_others(world, page, unit):
    client = signed_in(factories.person("LEAD", world[0]))

    text = client.get(f"/indicators/X01/{page}/{SEPTEMBER}&unit={unit}").content.decode()

    assert "尚未发布" in text
    assert SHOWN not in text
    assert SECRET not in text.replace(",", "")


def test_a_bureau_traces_a_published_total_without_who_filed(world):
    client = signed_in(factories.person("LEAD", world[0]))

    answer = client.get("/indicators/X01/trace/?month=2007-08")

    parts = answer.context["page"].trace.parts
    assert [(part.value, part.source.is_open) for part in parts] == [(1_000_000, True), *[(1_000_000, False)] * 2]
    text = answer.content.decode()
    assert 'href="/reports/2007-08/110000/"' in text
    assert 'href="/reports/2007-08/120000/"' not in text
    assert client.get("/indicators/X01/trace/?month=2007-08&unit=120000").context["page"].versions == ()


@pytest.mark.parametrize("table_name", ["trace", "reasons"])
def test_a_closed_month_has_no_file(world, table_name):
    client = signed_in(factories.person("LEAD", world[0]))

    address = f"/export/{table_name}/?indicator=X01&month=2007-09&unit=120000"
    assert client.get(address).status_code == 404
    assert client.get(address.replace("120000", "110000")).status_code == 200


@pytest.mark.parametrize("path", ["trace", "reasons"])
def test_before_the_first_month_there_is_nothing_behind_a_figure(db, ministry, path):
    factories.NationFactory()
    factories.IndicatorFactory(code="X01")
    client = signed_in(ministry)

    assert "还没有可看的报告期" in client.get(f"/indicators/X01/{path}/").content.decode()
    assert client.get(f"/export/{path}/?indicator=X01").status_code == 404


# Files -----------------------------------------------------------------------------------------


def test_the_file_of_a_trace_has_the_total_and_its_parts(world, ministry):
    rows = table(signed_in(ministry).get("/export/trace/?indicator=X01&month=2007-09"))

    assert [row["unit"] for row in rows] == ["000000", "110000", "120000", "130000"]
    assert int(rows[0]["value"]) == sum(int(row["value"]) for row in rows[1:])
    assert [rows[3][name] for name in ("value_month", "n_carried", "version")] == ["2007-08", "1", "1"]
    assert AuditEntry.objects.filter(details__table="trace").count() == 1


def test_the_file_of_what_nobody_reports_is_empty(world, ministry):
    factories.UnitFactory(code="650000")

    assert table(signed_in(ministry).get("/export/trace/?indicator=X01&month=2007-09&unit=650000")) == []


# Reasons ---------------------------------------------------------------------------------------


def test_a_light_opens_the_check_that_decided_it(world, ministry):
    client = signed_in(ministry)
    address = re.search(
        r'href="(/indicators/X01/reasons/[^"]*)"', client.get(f"/overview/{SEPTEMBER}").content.decode()
    )

    page = client.get(address[1].replace("&amp;", "&"))

    assert page.context["page"].headline == (
        "2007年9月，全国新增就业：达到序时进度。判定步骤：是否达到序时进度：r ≥ 1（108.38% > 100.00%）。"
    )
    assert [(one.letter, one.shown) for one in page.context["page"].workings] == [
        ("p", "900万人"), ("c", "81.28%"), ("r", "108.38%"), ("Δ", "75.4万人"),
    ]  # fmt: skip
    assert "T × d ÷ 12" in page.content.decode()


def test_reasons_are_data_too(world, ministry):
    client = signed_in(ministry)
    asked = "indicator=X04&month=2007-09&unit=120000"

    data = json.loads(client.get(f"/export/reasons/?{asked}&format=json").content)
    rows = table(client.get(f"/export/reasons/?{asked}"))

    assert (data["status"], data["inputs"]["value"], data["thresholds"]["lagging_ratio"]) == (None, "0.04", "0.9")
    assert [row["value"] for row in rows if row["name"] == "value"] == ["0.04"]
    assert client.get(f"/export/reasons/?{asked}&format=pdf").status_code == 404
    national = json.loads(client.get("/export/reasons/?indicator=X04&month=2007-09&format=json").content)
    assert national["status"] == "on_schedule"
    assert national["checks"][-1] == {
        "check": "otherwise", "left": None, "right": None, "holds": True, "status": "on_schedule",
    }  # fmt: skip
    assert national["formulas"]["headroom"] == {"formula": "T − v", "value": "0.006"}
    answers = [row["answer"] for row in table(client.get("/export/reasons/?indicator=X04&month=2007-09"))]
    assert [answer for answer in answers if answer] == ["no"] * 5 + ["yes"]


def test_reasons_of_nothing_are_empty(world, ministry):
    factories.UnitFactory(code="650000")
    client = signed_in(ministry)

    assert "本单位没有这项指标的数据" in client.get(f"/indicators/X01/reasons/{SEPTEMBER}&unit=650000").content.decode()
    data = json.loads(client.get("/export/reasons/?indicator=X01&month=2007-09&unit=650000&format=json").content)
    assert (data["status"], data["checks"], data["inputs"]) == (None, [], {})


def test_what_has_no_target_is_not_judged(world, ministry):
    page = signed_in(ministry).get(f"/indicators/X04/reasons/{SEPTEMBER}&unit=120000").context["page"]

    assert page.headline == "2007年9月，单位12失业率没有下达目标，不作进度判定。"


@pytest.mark.parametrize(
    ("check", "unit", "told"),
    [
        (
            Check(Ask.PACE_NEARLY_KEPT, False, Status.LAGGING, Decimal("0.899999"), Decimal("0.9")),
            "PERSON",
            "89.9999% < 90.0000%",
        ),
        (
            Check(Ask.TARGET_EXCEEDED, True, Status.BREACHED, Decimal("0.0461"), Decimal("0.046")),
            "RATE",
            "4.61% > 4.60%",
        ),
        (
            Check(Ask.HEADROOM_SMALL, True, Status.LAGGING, Decimal("0.0019"), Decimal("0.002")),
            "RATE",
            "+0.19个百分点 < +0.20个百分点",
        ),
        (Check(Ask.PATH_KEPT, True, Status.ON_SCHEDULE, Decimal(0), Decimal(0)), "COUNT", "0个 = 0个"),
        (Check(Ask.YEAR_IS_OVER, True, Status.COMPLETED), "RATE", ""),
    ],
)
def test_both_sides_of_a_check_are_shown_so_that_their_order_is_seen(check, unit, told):
    assert compared(check, unit) == told


# Cost ------------------------------------------------------------------------------------------


def test_a_trace_costs_the_same_queries_for_3_and_33_units(db, ministry):
    small_world(3)
    flow, period = Indicator.objects.get(code="X01"), ReportingMonth.objects.get(month="2007-09-01")
    nation = factories.NationFactory()
    trace(ministry, period, flow, nation)
    with CaptureQueriesContext(connection) as few:
        trace(ministry, period, flow, nation)
    more_units(33)
    trace(ministry, period, flow, nation)
    with CaptureQueriesContext(connection) as many:
        found = trace(ministry, period, flow, nation)

    assert (len(found.parts), found.adds_up) == (33, True)
    assert len(many) == len(few)
