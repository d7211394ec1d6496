"""The letters beside figures in pages: on every page that states one, and `r` opens what was published and why."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client

from accounts.models import User
from reporting import totals
from reporting.aggregates import progress_rows
from reporting.models import Total
from reporting.revisions import revised_totals
from submissions import calendar
from submissions.models import ReportingMonth
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import NOT_APPLICABLE, refile, stand
from tests.reporting.test_pages import signed_in

pytestmark = pytest.mark.django_db
AUGUST = "?month=2007-08"
#: A mark in the page: what the letter says, and where it leads.
MARK = re.compile(r'<(?:a|abbr) class="mark"(?: href="([^"]*)")? title="([^"]*)">([a-z])</')
OPENS = "发布后有修订：查看发布时数值、现数值和修订原因"
TRACE = "/indicators/F01/trace/?month=2007-08&amp;unit=000000#revised"


@pytest.fixture
def world(db: None, ministry: User) -> dict[str, object]:
    """Three provinces, one of them without anything to report; August is published, and July is not."""
    nation = factories.NationFactory()
    flow, plain = factories.IndicatorFactory(code="F01"), factories.IndicatorFactory(code="W01")
    target = factories.TargetFactory(indicator=flow, unit=nation, target_value=1200, baseline_value=None)
    factories.ItemFactory(plan=target.plan, number=2).indicators.add(plain)
    units = [factories.UnitFactory(code=f"{n}10000", short_name=f"省{n}") for n in (1, 2, 3, 4)]
    for unit in units:
        factories.AssignmentFactory(indicator=flow, unit=unit)
        factories.AssignmentFactory(indicator=plain, unit=unit)
    july, august = (factories.MonthFactory(number=number) for number in (7, 8))
    stand(units[0], july, {flow: 100, plain: 1})
    for unit, base in zip(units[:2], (100, 200), strict=True):
        stand(unit, august, {flow: base + 50, plain: 2})
    stand(units[2], august, {flow: NOT_APPLICABLE, plain: NOT_APPLICABLE})
    calendar.publish_month(august, by=ministry, now=shanghai(2007, 9, 20))
    return {"nation": nation, "flow": flow, "units": units, "july": july, "august": august, "item": target.item}


@pytest.fixture
def corrected(world, ministry) -> dict[str, object]:
    refile(
        world["units"][0], world["august"], {world["flow"]: 130}, reason="重复统计", by=ministry,
        at=shanghai(2007, 9, 25),
    )  # fmt: skip
    return world


@pytest.fixture
def reader(ministry) -> Client:
    return signed_in(ministry)


def marks(client: Client, address: str) -> set[tuple[str, str, str]]:
    return set(MARK.findall(client.get(address).content.decode()))


@pytest.mark.parametrize(
    "page",
    ["/leader/", "/overview/", "/plan/", "/plan/items/{item}/", "/indicators/F01/", "/units/000000/"],
)
def test_a_revised_national_figure_is_marked_where_it_stands_and_opens_its_reasons(corrected, reader, page):
    found = marks(reader, page.format(item=corrected["item"].number) + AUGUST)

    assert (TRACE, OPENS, "r") in found


def test_the_wall_shows_the_mark_and_leads_nowhere(corrected):
    wall = signed_in(factories.person("KIOSK"))

    assert marks(wall, f"/leader/{AUGUST}") == {("", "发布后有修订", "r")}


def test_the_comparison_of_units_marks_each(corrected, reader):
    one, two = corrected["units"][:2]

    found = marks(reader, f"/compare/{AUGUST}&indicator=F01&unit={one.code}&unit={two.code}")

    assert found == {(f"/indicators/F01/trace/?month=2007-08&amp;unit={one.code}#revised", OPENS, "r")}


def test_the_board_marks_what_has_no_target_too_and_explains_every_letter(world, reader):
    text = reader.get("/plan/?month=2007-07").content.decode()

    assert ("", "暂定数（报告期未发布）", "p") in MARK.findall(text)
    assert text.count('title="暂定数（报告期未发布）"') == 2
    assert "标记：x 缺报；z 不适用；c 含沿用的上期数；p 暂定数（报告期未发布）；r 发布后有修订。" in text


def test_the_trace_marks_the_total_and_every_part(corrected, reader):
    page = reader.get(f"/indicators/F01/trace/{AUGUST}")

    found = page.context["page"].trace
    assert [found.whole.marks, *(part.marks for part in found.parts)] == [("r",), ("r",), (), ("z",), ("x",)]
    assert page.context["page"].legend == "标记：x 缺报；z 不适用；r 发布后有修订。"
    assert ("#revised", OPENS, "r") in MARK.findall(page.content.decode())


def test_the_trace_tells_old_new_and_reason_of_the_total_and_of_the_part(corrected, reader):
    page = reader.get(f"/indicators/F01/trace/{AUGUST}")

    told = [
        (line.row.unit.code, line.revision.old, line.revision.new, line.reasons)
        for line in page.context["page"].revised
    ]
    why = "省1更正2007年8月：重复统计"
    assert told == [("000000", 400, 380, why), ("110000", 150, 130, why)]
    assert 'id="revised"' in page.content.decode()
    assert why in page.content.decode()


def test_the_trace_as_a_file_has_the_marks_too(corrected, reader):
    answer = reader.get(f"/export/trace/{AUGUST}&indicator=F01&unit=000000")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    told = {row["unit"]: (row["value"], row["marks"], row["published_value"], row["revision_reason"]) for row in rows}
    why = "省1更正2007年8月：重复统计"
    assert told["000000"] == ("380", "r", "400", why)
    assert told["410000"] == ("", "x", "", "")


def test_the_months_of_the_year_are_marked_one_by_one(corrected, reader):
    page = reader.get(f"/indicators/F01/{AUGUST}")

    lines = page.context["page"].months_told
    assert [line.marks for line in lines[5:9]] == [(), ("p",), ("r",), ()]
    assert page.context["page"].legend == "标记：p 暂定数（报告期未发布）；r 发布后有修订。"
    assert page.content.decode().count(f'href="{TRACE}"') >= 2
    file = b"".join(reader.get(f"/export/series/{AUGUST}&indicator=F01")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [row["marks"] for row in rows[5:9]] == ["", "p", "r", ""]


@pytest.mark.parametrize("month", ["july", "august"])
def test_a_month_without_revisions_has_none_in_its_trace(world, reader, month):
    page = reader.get(f"/indicators/F01/trace/?month={world[month]}")

    assert page.context["page"].revised == ()
    assert 'id="revised"' not in page.content.decode()


@pytest.mark.parametrize("given", [130, 150, NOT_APPLICABLE, None])
def test_sql_and_python_find_the_same_revised(world, ministry, given):
    """A number, the same number again, no number any more, and nothing filed since."""
    if given is not None:
        refile(
            world["units"][0],
            world["august"],
            {world["flow"]: given},
            reason="更正",
            by=ministry,
            at=shanghai(2007, 9, 25),
        )
    totals.refresh()
    period = ReportingMonth.objects.select_related("plan").get(pk=world["august"].pk)
    rows = progress_rows(ministry, period, [world["nation"], *world["units"]])
    stored = Total.objects.filter(month=period.month)

    expected = {(row.unit.pk, row.indicator.pk) for row in rows if row.is_revised}

    assert {(one.unit_id, one.indicator_id) for one in stored.revised()} == expected
    assert set(revised_totals(ministry, period, stored.select_related("unit", "indicator"))) == expected
    assert bool(expected) == (given not in (150, None))
