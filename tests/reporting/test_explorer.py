"""The explorer: its cells are the rows of progress, its rights those of the reader, its files the screen (T-09)."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import AuditEntry, ReportingUnit
from reporting.aggregates import progress_rows, rows_of_months
from reporting.changes import changes
from reporting.explorer.asked import NotUnderstood
from reporting.explorer.page import explorer_page
from reporting.explorer.reader import offer, read
from reporting.explorer.readings import Measure
from reporting.explorer.table import Table, table
from reporting.marks import marks_of
from reporting.series import monthly_series
from submissions.models import PublishedFigure, ReportingMonth
from targets.models import Indicator, Plan
from tests import factories
from tests.reporting.filings import stand
from tests.reporting.test_pages import SECRET, SHOWN, more_units, signed_in, small_world
from tests.reporting.test_regions import scheme
from workplan.templatetags.figures import number

pytestmark = pytest.mark.django_db
TODAY = date(2007, 10, 12)
EVERYTHING = "rows=unit&cols=month&indicator=X01&indicator=X04&month=2007-08&month=2007-09" + "".join(
    f"&measure={one}" for one in Measure
)


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    units = small_world()
    scheme({"north": units[:1], "south": units[1:2]})
    return units


def shown(person: object, query: str) -> Table:
    found = offer(person, QueryDict(query), today=TODAY)
    return table(person, read(QueryDict(query), found), today=TODAY)


def refusal(person: object, query: str) -> str:
    found = offer(person, QueryDict(query), today=TODAY)
    with pytest.raises(NotUnderstood) as refused:
        table(person, read(QueryDict(query), found), today=TODAY)
    return str(refused.value)


def names(found: Table) -> list[tuple[str, str]]:
    return [(line.head.key if line.head else "total", line.within.key) for line in found.lines]


# What stands in the cells ----------------------------------------------------------------------


def test_several_months_at_once_are_the_months_one_by_one(world, ministry):
    units = [*world, world[0].parent]
    months = list(ReportingMonth.objects.filter(month__in=[date(2007, 8, 1), date(2007, 9, 1)]).select_related("plan"))

    together = rows_of_months(ministry, months, units)

    alone = [row for period in months for row in progress_rows(ministry, period, units)]
    key = lambda row: (row.indicator.code, row.unit.code, row.month)  # noqa: E731
    told = [
        (*key(row), row.value, row.progress, row.rank, row.n_reported, row.n_carried, row.is_published, marks_of(row))
        for row in sorted(together, key=key)
    ]
    assert told == [
        (*key(row), row.value, row.progress, row.rank, row.n_reported, row.n_carried, row.is_published, marks_of(row))
        for row in sorted(alone, key=key)
    ]
    assert len(told) == 16
    assert rows_of_months(ministry, [], units) == []


def test_every_cell_is_what_the_pages_of_the_indicator_say(world, ministry):
    last_year = factories.PlanFactory(year=2006, number="6", title="2006")
    flow = Indicator.objects.get(code="X01")
    before = factories.MonthFactory(number=9, plan=last_year, month=date(2006, 9, 1))
    factories.AssignmentFactory(plan=last_year, indicator=flow, unit=world[0])
    stand(world[0], before, {flow: 1_000_000})

    found = shown(ministry, EVERYTHING)

    checked = 0
    for line in found.lines:
        unit, indicator = line.head.member, line.within.member
        whole = monthly_series(ministry, Plan.objects.get(year=2007), indicator, unit)
        for column, one in zip(found.columns, line.facts, strict=True):
            row = progress_rows(ministry, column.member, [unit], indicators=[indicator])[0]
            point, change = whole.points[row.month.month - 1], changes(whole)[row.month.month - 1]
            assert one.readings == {
                Measure.VALUE: row.value,
                Measure.MONTH_VALUE: point.month_value,
                Measure.COMPLETION_RATE: row.progress.completion_rate,
                Measure.DEVIATION: row.progress.deviation,
                Measure.STATUS: row.status,
                Measure.RANK: row.rank,
                Measure.PREVIOUS_YEAR: point.previous_year,
                Measure.CHANGE: change.over_year,
            }
            checked += 1
    assert checked == 12
    first = found.lines[0].facts[1].readings
    assert (first[Measure.PREVIOUS_YEAR], first[Measure.CHANGE]) == (1_000_000, Decimal("0.1"))
    assert first[Measure.MONTH_VALUE] == 100_000


def test_the_nation_is_held_against_what_was_published_of_the_year_before(world, ministry):
    PublishedFigure.objects.create(
        indicator=Indicator.objects.get(code="X01"),
        month=date(2006, 9, 1),
        value=8_000_000,
        release="FLASH",
        source="公报",
    )

    found = shown(
        ministry, "rows=indicator&cols=month&indicator=X01&month=2007-09&measure=previous_year&measure=change"
    )

    (one,) = found.lines[0].facts
    assert (one.readings[Measure.PREVIOUS_YEAR], one.readings[Measure.CHANGE]) == (8_000_000, Decimal("0.21925"))


def test_units_are_added_indicator_by_indicator_and_rates_are_pooled(world, ministry):
    found = shown(ministry, EVERYTHING)

    assert [line.within.key for line in found.totals] == ["X01", "X04"]
    whole = {row.indicator.code: row.value for row in progress_rows(
        ministry, ReportingMonth.objects.get(month=date(2007, 9, 1)), [world[0].parent]
    )}  # fmt: skip
    flow, rate = (line.facts[1].readings for line in found.totals)
    assert (flow[Measure.VALUE], rate[Measure.VALUE]) == (whole["X01"], whole["X04"]) == (9_754_000, Decimal("0.04"))
    assert (flow[Measure.RANK], flow[Measure.CHANGE], rate[Measure.COMPLETION_RATE]) == (None, None, None)
    assert flow[Measure.MONTH_VALUE] is None  # one unit has not filed September
    assert found.totals[0].facts[0].readings[Measure.MONTH_VALUE] is None  # no unit's January is known


def test_nothing_is_added_that_would_mislead(world, ministry):
    unlike = [
        "rows=unit&cols=month&unit=000000&unit=110000",
        "rows=unit&cols=month&status=behind&status=completed",
        "rows=unit&cols=month&unit=110000",
        "rows=month&cols=unit",
        "rows=indicator&cols=month",
    ]

    assert {query: shown(ministry, query).totals for query in unlike} == dict.fromkeys(unlike, ())


def test_regions_are_their_units_added_and_are_not_ranked(world, ministry):
    found = shown(ministry, "rows=region&cols=indicator&month=2007-09&measure=value&measure=rank")

    assert names(found) == [("north", "2007-09"), ("south", "2007-09")]
    assert [line.facts[0].readings[Measure.VALUE] for line in found.lines] == [1_100_000, int(SECRET)]
    assert {line.facts[0].readings[Measure.RANK] for line in found.lines} == {None}
    assert found.totals[0].facts[0].readings[Measure.VALUE] == 1_100_000 + int(SECRET)


def test_units_are_narrowed_by_region_level_and_name(world, ministry):
    assert names(shown(ministry, "region=halves.north&month=2007-09")) == [("110000", "X01")]
    assert names(shown(ministry, "region=halves&month=2007-09")) == [("110000", "X01"), ("120000", "X01")]
    assert names(shown(ministry, "level=0&month=2007-09")) == [("000000", "X01")]
    assert names(shown(ministry, "unit=130000&unit=110000&month=2007-09")) == [("110000", "X01"), ("130000", "X01")]
    assert names(shown(ministry, "below=110000&month=2007-09")) == [("110000", "X01")]


def test_a_status_keeps_its_cells_alone(world, ministry):
    found = shown(ministry, "rows=unit&cols=month&month=2007-09&month=2007-08&status=completed")

    assert names(found) == [("120000", "X01")]
    assert [one and one.status for one in found.lines[0].facts] == [None, "completed"]


def test_lines_are_sorted_by_a_column(world, ministry):
    orders = {
        "2007-09.value": ["130000", "110000", "120000"],
        "-2007-09.value": ["120000", "110000", "130000"],
        "-2007-09.status": ["110000", "130000", "120000"],
    }

    found = {sort: shown(ministry, f"month=2007-09&measure=value&measure=status&sort={sort}") for sort in orders}
    assert {sort: [key for key, _within in names(one)] for sort, one in found.items()} == orders


# Who sees what ---------------------------------------------------------------------------------


SHARED = (
    EVERYTHING,
    "rows=region&cols=month&month=2007-08&month=2007-09",
    "rows=indicator&cols=month&month=2007-09&unit=000000",
    "rows=month&cols=indicator&unit=120000&month=2007-09&measure=month_value",
    "month=2007-09&sort=-2007-09.value",
)


@pytest.mark.parametrize("form", ["", "xlsx", "csv"])
def test_a_shared_address_tells_a_bureau_no_unpublished_figure_of_another(world, form):
    client = signed_in(factories.person("LEAD", world[0]))

    for query in SHARED:
        text = said(client, query, form)
        told = {forbidden for forbidden in (SECRET, "9754000", SHOWN) if forbidden in text.replace(",", "")}
        assert (query, told, "2007年9月尚未发布" in text) == (query, set(), form != "csv")


def said(client: Client, query: str, form: str) -> str:
    """Return all that the page, or a file of it, says."""
    if not form:
        return client.get(f"/explore/?{query}").content.decode()
    content = b"".join(client.get(f"/export/explore/?{query}&format={form}"))
    if form == "csv":
        return content.decode()
    cells = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return " ".join(str(cell) for row in cells for cell in row)


def test_the_secret_is_there_for_who_may_see_it(world, ministry):
    page = signed_in(ministry).get(f"/explore/?{EVERYTHING}").content.decode()

    assert SHOWN in page
    assert "尚未发布，" not in page


def test_a_bureau_sees_its_own_and_what_is_published_and_no_sum_of_parts(world):
    lead = factories.person("LEAD", world[0])

    found = shown(lead, "rows=unit&cols=month&month=2007-08&month=2007-09&measure=value&measure=rank")

    assert [[one and one.readings[Measure.VALUE] for one in line.facts] for line in found.lines] == [
        [1_000_000, 1_100_000], [1_000_000, None], [1_000_000, None],
    ]  # fmt: skip
    assert found.lines[0].facts[1].readings[Measure.RANK] is None
    assert [one and one.readings[Measure.VALUE] for one in found.totals[0].facts] == [3_000_000, None]
    assert [(f"{one.period}", one.n_units) for one in found.closed] == [("2007-09", 2)]
    regions = shown(lead, "rows=region&cols=month&month=2007-08&month=2007-09")
    assert [[one is not None for one in line.facts] for line in regions.lines] == [[True, True], [True, False]]


@pytest.mark.parametrize(("role", "status"), [("SYSTEM_ADMIN", 403), ("AUDITOR", 403), ("ANALYST", 200)])
def test_figures_open_to_those_who_read_them(world, role, status):
    client = signed_in(factories.person(role))

    assert [client.get(path).status_code for path in ("/explore/", "/export/explore/")] == [status] * 2


# What is not understood ------------------------------------------------------------------------


WRONG = {
    "rows=planet": "没有这样的行：“planet”。可选：单位、区域、指标、报告期。",
    "rows=unit&cols=region": "行与列不能相同",
    "cols=unit": "行与列不能相同",
    "measure=mean": "没有这样的测度：“mean”。可选：数值、",
    "indicator=NOPE": "没有这样的指标：“NOPE”",
    "unit=999999": "没有这样的单位：“999999”",
    "unit=guangdong": "没有这样的单位",
    "below=999999": "没有这样的单位：“999999”",
    "below=guangdong": "没有这样的单位",
    "level=9": "没有这样的级次：“9”。可选：0、1。",
    "region=nope": "没有这样的区域：“nope”",
    "month=2007-13": "没有这样的报告期：“2007-13”",
    "month=2007-11": "没有这样的报告期：“2007-11”",
    "status=fine": "没有这样的状态：“fine”。可选：已完成、",
    "sort=2007-09.rank": "不能按“2007-09.rank”排序",
    "mesure=rank": "地址中的“mesure”不是可选的条件。",
    "region=halves.north&unit=130000": "没有符合条件的单位",
}


def test_what_the_address_gets_wrong_is_said_and_the_way_out(world, ministry):
    client = signed_in(ministry)

    for query, sentence in WRONG.items():
        page = client.get(f"/explore/?{query}")
        assert (query, page.status_code, sentence in refusal(ministry, query)) == (query, 400, True)
        assert refusal(ministry, query).split(" ")[0] in page.content.decode()
    assert client.get("/export/explore/?rows=planet").status_code == 400


def test_everything_wrong_is_said_at_once(world, ministry):
    page = signed_in(ministry).get("/explore/?rows=planet&indicator=NOPE&indicator=X04&cols=indicator").content.decode()

    assert "“planet”" in page
    assert "“NOPE”" in page


def test_the_form_keeps_what_was_understood(world, ministry):
    page = signed_in(ministry).get("/explore/?rows=month&cols=month&indicator=X04&indicator=NOPE&status=behind")

    asked = page.context["page"].asked
    assert (asked.rows, asked.columns, [one.code for one in asked.indicators]) == ("month", "month", ["X04"])
    text = page.content.decode()
    assert text.count('<option value="month" selected>') == 2
    assert 'value="X04" checked' in text
    assert 'value="behind" checked' in text
    assert "data-watermark" not in text


def test_too_large_a_table_is_refused_with_a_way_to_narrow(world, ministry, monkeypatch):
    monkeypatch.setattr("reporting.explorer.reader.MOST_CELLS", 20)

    assert refusal(ministry, EVERYTHING).startswith("所选范围有96格，一张表最多20格。请减少单位、指标、报告期或测度。")


def test_regions_are_refused_where_there_is_no_scheme(db, ministry):
    small_world()

    assert "目前没有有效的区域划分" in refusal(ministry, "rows=region&cols=month")


def test_before_the_first_month_there_is_nothing_to_explore(db, ministry):
    factories.NationFactory()
    client = signed_in(ministry)

    assert "还没有可看的报告期" in client.get("/explore/").content.decode()
    assert (client.get("/export/explore/").status_code, client.get("/export/explore/?format=pdf").status_code) == (
        404,
        404,
    )


# The page and the files ------------------------------------------------------------------------


def test_the_address_of_the_page_asks_for_the_same(world, ministry):
    query = QueryDict("rows=month&cols=unit&region=halves&level=1&status=behind&month=2007-09&measure=status")

    page = explorer_page(ministry, query, today=TODAY)

    again = explorer_page(ministry, QueryDict(page.address), today=TODAY)
    assert (again.asked, again.address) == (page.asked, page.address)
    assert [words for _name, words in page.told] == [
        "报告期", "单位", "状态", "新增就业（万人）", "全国以下第1级（2个），两半", "2007年9月", "滞后",
    ]  # fmt: skip


def test_headers_drill_down_and_cells_lead_behind(world, ministry):
    child = factories.UnitFactory(code="110100", parent=world[0], position=9)
    page = signed_in(ministry).get("/explore/?month=2007-09&measure=value&measure=status&measure=rank").content.decode()

    for address in (
        "below=110000",
        "/units/120000/?month=2007-09",
        "/indicators/X01/trace/?month=2007-09&amp;unit=110000",
        "/indicators/X01/reasons/?month=2007-09&amp;unit=110000",
        "/indicators/X01/?month=2007-09&amp;unit=000000",
        "rows=unit&amp;cols=indicator",
    ):
        assert address in page
    assert child.code not in page
    regions = signed_in(ministry).get("/explore/?rows=region&cols=indicator&month=2007-09").content.decode()
    assert "region=halves.north" in regions


def test_the_screen_shows_each_cell_with_its_marks(world, ministry):
    page = signed_in(ministry).get("/explore/?month=2007-09").content.decode()

    assert f"{number(int(SECRET), 'PERSON', 10_000)}</a><sup>p</sup></td>" in page
    assert "100.0</a><sup>c p</sup></td>" in page
    assert "标记：c 含沿用的上期数；p 暂定数（报告期未发布）。" in page
    assert "（万人）" not in page.split("<tbody>")[1]


def test_files_hold_the_screen_with_every_digit(world, ministry):
    query = EVERYTHING + "&sort=-2007-09.value"
    found = shown(ministry, query)
    client = signed_in(ministry)

    book = load_workbook(io.BytesIO(b"".join(client.get(f"/export/explore/?{query}"))))
    lines = list(
        csv.DictReader(io.StringIO(b"".join(client.get(f"/export/explore/?{query}&format=csv")).decode("utf-8-sig")))
    )

    cells = list(book.active.iter_rows(values_only=True))
    top = next(n for n, row in enumerate(cells) if row[0] == "单位")
    values = [n for n, title in enumerate(cells[top]) if title == "2007年9月 数值"]
    expected = [line.facts[1].readings[Measure.VALUE] for line in found.everything]
    below = cells[top + 1 : top + 1 + len(expected)]
    assert [row[values[0]] for row in below] == [None if one is None else float(one) for one in expected]
    assert [line["2007-09.value"] for line in lines] == [
        "" if one is None else f"{one.normalize():f}" for one in expected
    ]
    assert [(line["unit"], line["indicator"]) for line in lines] == [*names(found), ("total", "X01"), ("total", "X04")]
    assert lines[0]["2007-09.status"] == "completed"
    assert {line["2007-09.marks"] for line in lines} == {"p e", "c p e", "p", "x"}
    assert any("筛选：行 单位；列 报告期；测度" in str(row[0]) for row in cells[:top])
    assert AuditEntry.objects.filter(action="export").count() == 2


# Cost ------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_queries_for_3_and_33_units(world, ministry):
    client = signed_in(ministry)
    client.get(f"/explore/?{EVERYTHING}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/explore/?{EVERYTHING}&month=2007-07")
    more_units(33)
    client.get(f"/explore/?{EVERYTHING}")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/explore/?{EVERYTHING}")

    assert len(many) == len(few)
