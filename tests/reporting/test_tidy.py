"""Tidy observations as files: one moment of the database, said so in the file, and nothing left of a cancelled one."""

from __future__ import annotations

import io
from threading import Thread

import pyarrow.parquet
import pytest
from django.db import connection
from openpyxl import load_workbook

from reporting import tidy
from submissions.models import ReportingMonth
from targets.models import Indicator
from tests import factories
from tests.reporting.filings import NOT_APPLICABLE, publish, stand


def world() -> tidy.Selection:
    """One province with a figure in August, which is published, and one in September."""
    flow = factories.IndicatorFactory(code="F01")
    rate = factories.IndicatorFactory(code="R01", ratio=True)
    unit = factories.UnitFactory(code="110000")
    for indicator in (flow, rate):
        factories.AssignmentFactory(indicator=indicator, unit=unit)
    august, september = (factories.MonthFactory(number=number) for number in (8, 9))
    stand(unit, august, {flow: 100})
    stand(unit, september, {flow: NOT_APPLICABLE, rate: (1, 3)})
    publish(august)
    return tidy.Selection(august.plan)


def in_another_session(work: object) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=240)
    assert not thread.is_alive()


def rows_of(content: bytes) -> list[tuple]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, max_col=4, values_only=True))


@pytest.mark.django_db(transaction=True)
def test_a_download_is_one_moment_whatever_happens_while_it_runs():
    """U-10, U-12: figures approved after the download began are not in it; a cancelled one leaves no cursor open."""
    analyst = factories.person("ANALYST")
    selection = world()
    expected = [
        ("F01", "110000", "2007-08", 100),
        ("F01", "110000", "2007-09", None),
        ("R01", "110000", "2007-09", 0.333333333333333),
    ]

    def file_more() -> None:
        unit = factories.UnitFactory(code="120000")
        flow = Indicator.objects.get(code="F01")
        factories.AssignmentFactory(indicator=flow, unit=unit)
        stand(unit, ReportingMonth.objects.get(month="2007-08-01"), {flow: 7})

    begun = tidy.file_chunks(analyst, selection, "xlsx")
    first = next(begun)
    in_another_session(file_more)
    assert rows_of(first + b"".join(begun)) == expected
    assert len(rows_of(b"".join(tidy.file_chunks(analyst, selection, "xlsx")))) == len(expected) + 1

    cancelled = tidy.file_chunks(analyst, selection, "csv")
    next(cancelled), next(cancelled)
    assert connection.in_atomic_block
    cancelled.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE NOT is_holdable")
        assert (cursor.fetchone(), connection.in_atomic_block) == ((0,), False)


@pytest.mark.django_db
def test_the_file_says_as_of_when_and_what_is_provisional(client):
    """U-11: p, r, x and z are explained; the first sheet stays what the contract says."""
    analyst = factories.person("ANALYST", display_name="分析员")
    world()
    client.force_login(analyst)

    book = load_workbook(io.BytesIO(client.get("/export/figures/?month=2007-09").getvalue()))

    about = dict(book["about"].iter_rows(values_only=True))
    assert {name: about[name] for name in ("范围", "导出人", "已发布的报告期", "未发布的报告期（暂定数 p）")} == {
        "范围": "2007-09 · 全部单位 · 全部指标 · 最新审核通过的版本",
        "导出人": "分析员",
        "已发布的报告期": "2007-08",
        "未发布的报告期（暂定数 p）": "2007-09",
    }
    assert about["数据截至"].startswith("2007-10-12T")
    assert {"更正（r）", "缺报（x）", "不适用（z）"} <= set(about)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/export/figures/?format=parquet", "/api/v1/figures/?format=parquet"])
def test_parquet_has_the_rows_of_the_api(client, address):
    client.force_login(factories.person("ANALYST"))
    world()

    answer = client.get(address)
    read = pyarrow.parquet.read_table(io.BytesIO(answer.getvalue()))
    rows = client.get("/api/v1/figures/").json()["results"]

    assert answer["Content-Type"] == "application/vnd.apache.parquet"
    assert answer["Content-Disposition"].partition(";")[0] == "attachment"
    for name in ("indicator", "unit", "month", "state", "status", "release", "version", "approved_at"):
        assert read[name].to_pylist() == [row[name] for row in rows]
    parts = [[value and float(value) for value in (row["value"], row["numerator"])] for row in rows]
    found = zip(read["value"].to_pylist(), read["numerator"].to_pylist(), strict=True)
    assert [[value and float(value) for value in row] for row in found] == [
        [pytest.approx(value, abs=1e-12) if value else value for value in row] for row in parts
    ]


@pytest.mark.django_db
def test_a_bureau_finds_no_unpublished_figure_of_another(client):
    """T-09: 广东 takes away August, which is published, and of September nothing that is another's."""
    world()
    client.force_login(factories.person("CLERK", factories.UnitFactory(code="440000")))

    _header, *lines = client.get("/export/figures/?format=csv").getvalue().decode().splitlines()

    assert [line.split(",")[:4] for line in lines] == [["F01", "110000", "2007-08", "100"]]


@pytest.mark.django_db
def test_all_versions_are_named_in_what_is_selected():
    selection = world()

    words = tidy.Selection(selection.plan, indicator=Indicator.objects.get(code="F01"), all_versions=True).words()

    assert words == "全部报告期 · 全部单位 · F01 指标F01 · 全部审核通过的版本"
