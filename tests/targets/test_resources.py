"""Sheets of reference data: the same gate as every door, whole or not at all, out and in again without a change."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import tablib
import xlsxwriter

from accounts.models import AuditEntry
from targets.models import Indicator, Milestone, Target
from targets.resources import IndicatorResource, MilestoneResource, TargetResource
from tests import factories
from workplan.lib.sheet_formats import CsvFormat, WorkbookFormat
from workplan.lib.sheets_import import MOST_ROWS, SheetRefused

TARGET = {
    "plan": 2007,
    "item": 1,
    "indicator": "X01",
    "unit": "440000",
    "target_value": 900000,
    "baseline_value": None,
    "bound": "AT_LEAST",
    "strength": "PLAIN",
    "wording": "不低于",
    "planned_month": None,
    "is_synthetic": "TRUE",
    "source": "测算",
}


@pytest.fixture
def reference(db):
    """A plan with an item, an indicator in persons and one as a rate, and Guangdong."""
    factories.ItemFactory(number=1)
    factories.UnitFactory(code="440000", short_name="广东")
    factories.NationFactory()
    factories.IndicatorFactory(code="X01")
    factories.IndicatorFactory(code="X04", ratio=True)


def load(resource, *rows: dict, by, dry_run: bool = False):
    dataset = tablib.Dataset(headers=list(rows[0]))
    for row in rows:
        dataset.append(list(row.values()))
    return resource().import_data(dataset, dry_run=dry_run, user=by, rollback_on_validation_errors=True)


def sentences(result) -> list[str]:
    rows = [str(error.error) for _line, errors in result.row_errors() for error in errors]
    base = [str(error.error) for error in result.base_errors]
    invalid = [message for row in result.invalid_rows for message in row.error.messages]
    return base + rows + invalid


# Rows ------------------------------------------------------------------------------------------


def test_a_target_is_made_changed_and_recorded_with_old_and_new(reference, planner):
    load(TargetResource, TARGET, by=planner)
    target = Target.objects.get()
    load(TargetResource, TARGET | {"target_value": "950，000"}, by=planner)
    target.refresh_from_db()

    assert (target.target_value, target.unit.code, target.is_synthetic) == (Decimal(950_000), "440000", True)
    entries = AuditEntry.objects.order_by("number")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("target.create", planner),
        ("target.change", planner),
    ]
    assert entries[1].details["changes"] == {"target_value": ["900000", "950000"]}


def test_the_same_sheet_again_changes_nothing(reference, planner):
    load(TargetResource, TARGET, by=planner)

    result = load(TargetResource, TARGET, by=planner)

    assert (result.totals["skip"], result.totals["update"]) == (1, 0)
    assert AuditEntry.objects.count() == 1


def test_a_rehearsal_writes_nothing_and_shows_old_and_new(reference, planner):
    load(TargetResource, TARGET, by=planner)

    result = load(TargetResource, TARGET | {"wording": "达到 <b>"}, by=planner, dry_run=True)

    assert "<del>不低于</del> <ins>达到 &lt;b&gt;</ins>" in result.valid_rows()[0].diff
    assert Target.objects.get().wording == "不低于"
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"unit": "999999"}, "没有代码为“999999”的填报单位。"),
        ({"indicator": "X99"}, "没有代码为“X99”的指标。"),
        ({"plan": 1999}, "没有 1999 年的计划。"),
        ({"item": 38}, "2007 年的计划没有第 38 项。"),
        ({"target_value": "12万"}, "120000"),
        ({"target_value": "1_000"}, "1_000"),
        ({"target_value": True}, "true"),
        ({"target_value": "-1"}, "-1"),
        ({"target_value": "0.5"}, "以“人”计量的目标最多 0 位小数。"),
        ({"indicator": "X04", "target_value": "4.6"}, "比率以小数填写，例如 4.6% 填 0.046。"),
        ({"indicator": "X04", "target_value": "0.04655"}, "0.04655"),
        ({"bound": "UP"}, "UP"),
        ({"planned_month": 13}, "targets_target_planned_month_is_a_month"),
        ({"planned_month": "1.5"}, "1.5"),
        ({"is_synthetic": "maybe"}, "“MAYBE”不是 TRUE 或 FALSE。"),
        ({"target_value": None}, "不能"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_nothing_is_written(reference, planner, change, sentence):
    result = load(TargetResource, TARGET | {"unit": "000000"}, TARGET | change, by=planner)

    assert sentence in " ".join(sentences(result))
    assert Target.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        ["plan", "indicator", "target_value"],
        ["plan", "indicator", "unit", "unit"],
        ["plan", "indicator", "unit", "密码"],
    ],
)
def test_a_sheet_with_other_columns_is_refused_by_their_names(reference, planner, headers):
    dataset = tablib.Dataset(["x"] * len(headers), headers=headers)

    result = TargetResource().import_data(dataset, user=planner)

    assert "列名不符" in sentences(result)[0]


def test_columns_left_out_stay_as_they_are(reference, planner):
    load(TargetResource, TARGET, by=planner)

    load(
        TargetResource, {name: TARGET[name] for name in ("plan", "indicator", "unit")} | {"source": "文件"}, by=planner
    )

    target = Target.objects.get()
    assert (target.source, target.target_value, target.wording) == ("文件", Decimal(900_000), "不低于")


def test_codes_may_come_as_numbers(reference, planner):
    load(TargetResource, TARGET | {"plan": 2007.0, "item": "1", "unit": 0}, by=planner)

    assert Target.objects.get().unit.code == "000000"


def test_an_indicator_keeps_what_figures_hang_on(reference, planner):
    changed = load(IndicatorResource, {"code": "X01", "name": "新名称"}, by=planner)
    refused = load(IndicatorResource, {"code": "X01", "kind": "STOCK", "decimals": 2}, by=planner)

    indicator = Indicator.objects.get(code="X01")
    assert not changed.has_validation_errors()
    assert (indicator.name, indicator.kind, indicator.decimals) == ("新名称", "FLOW", 0)
    assert sentences(refused) == ["已有指标的这一项不能修改；需要时请新建指标。"] * 2


def test_a_new_indicator_passes_the_models_own_checks(reference, planner):
    row = {"code": "X05", "name": "比率", "short_name": "比率", "kind": "RATIO", "unit_of_measure": "RATE"}

    refused = load(IndicatorResource, row | {"unit_aggregation": "SUM"}, by=planner)
    made = load(
        IndicatorResource,
        row
        | {"unit_aggregation": "RATIO_OF_SUMS", "numerator_name": "分子", "denominator_name": "分母", "part_of": "X01"},
        by=planner,
    )

    assert "相对指标按“分子之和÷分母之和”汇总" in " ".join(sentences(refused))
    assert sentences(made) == []
    assert Indicator.objects.get(code="X05").part_of.code == "X01"


def test_a_milestone_is_found_by_plan_item_and_code(reference, planner):
    row = {
        "plan": "2007",
        "item": 1,
        "code": "M01-1",
        "title": "分解任务",
        "actors": "M+P",
        "scope": "UNITS",
        "scope_count": 32,
        "output": "DOCUMENT",
        "frequency": "EVENT",
    }

    load(MilestoneResource, row, by=planner)
    again = load(MilestoneResource, row | {"title": "层层分解任务"}, by=planner)

    assert again.totals["update"] == 1
    milestone = Milestone.objects.get()
    assert (milestone.title, milestone.actors, milestone.parts) == ("层层分解任务", ["M", "P"], 1)
    assert "Q" in " ".join(sentences(load(MilestoneResource, row | {"actors": "Q"}, by=planner)))


# Out and in again ------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", [WorkbookFormat(), CsvFormat()])
def test_what_goes_out_comes_in_without_a_change(reference, planner, file_format):
    target = factories.TargetFactory(
        indicator=Indicator.objects.get(code="X04"),
        item=factories.ItemFactory(number=1),
        target_value=Decimal("0.046"),
        wording="=cmd|' /C calc'!A0",
        source="－1",
    )
    data = file_format.export_data(TargetResource().export(force_native_type=True))

    result = TargetResource().import_data(file_format.create_dataset(data), user=planner)

    assert sentences(result) == []
    assert result.totals["skip"] == 1
    target.refresh_from_db()
    assert (target.wording, target.source) == ("=cmd|' /C calc'!A0", "－1")


def test_a_workbook_holds_numbers_and_texts_and_no_formula(reference):
    factories.TargetFactory(indicator=Indicator.objects.get(code="X01"), wording="=1+1", source="http://x")
    data = WorkbookFormat().export_data(TargetResource().export(force_native_type=True))

    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))

    assert (cells["target_value"].value, cells["target_value"].data_type) == (9_000_000, "n")
    assert (cells["wording"].value, cells["wording"].data_type) == ("=1+1", "s")
    assert (cells["unit"].value, cells["unit"].data_type) == ("000000", "s")
    assert cells["source"].hyperlink is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "－1"])
def test_a_text_in_csv_never_begins_a_formula_and_numbers_stay_plain(reference, text):
    factories.TargetFactory(indicator=Indicator.objects.get(code="X01"), wording=text)
    data = CsvFormat().export_data(TargetResource().export(force_native_type=True))

    row = next(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    assert (row["wording"], row["target_value"], row["baseline_value"]) == (f"'{text}", "9000000", "")


# Files that are not what they say --------------------------------------------------------------


def workbook(*rows: list[object]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    return buffer.getvalue()


def with_part(data: bytes, name: str, change) -> bytes:
    """Return the workbook with one part rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, change(part) if entry.filename == name else part)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = [["plan", "unit"], [2007, "440000"], [2007, "110000"]]


def rows_of(data: bytes) -> list[list[object]]:
    dataset = WorkbookFormat().create_dataset(data)
    return [dataset.headers, *map(list, dataset)]


def test_a_lying_dimension_hides_no_row():
    lying = with_part(workbook(*PLAIN), SHEET, lambda part: part.replace(b'ref="A1:B3"', b'ref="A1:A1"'))

    assert lying != workbook(*PLAIN)
    assert rows_of(lying) == PLAIN


def test_empty_rows_and_columns_at_the_ends_do_not_count():
    data = workbook(["plan", "unit", ""], [2007, "440000", ""], ["", "", ""])

    assert rows_of(data) == [["plan", "unit"], [2007, "440000"]]


def in_cell(content: bytes):
    return lambda part: part.replace(b"<v>2007</v>", content, 1)


def refused(data: bytes) -> str:
    with pytest.raises(SheetRefused) as caught:
        WorkbookFormat().create_dataset(data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (in_cell(b"<f>1+1</f>"), "单元格 A2 是公式"),
        (in_cell(b"<f>1+1</f><v>2</v>"), "单元格 A2 是公式"),
        (in_cell(b"<v>NaN</v>"), "单元格 A2 的内容“NaN”不是数"),
        (in_cell(b"<v>1_000</v>"), "单元格 A2 的内容“1_000”不是数"),
        (in_cell("<v>１２</v>".encode()), "不是数"),
        (lambda part: part.replace(b'<c r="A2"', b'<c r="A2" t="e"', 1), "单元格 A2 是错误值 2007"),
        (lambda part: part.replace(b'r="A3"', b'r="A1048576"', 1), f"最多读 {MOST_ROWS} 行"),
        (lambda part: part.replace(b'r="A3"', b'r="XFD3"', 1), "60 列"),
        (lambda part: part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1), "不允许的 XML"),
        (lambda part: part[: len(part) // 2], "不完整或已损坏"),
        (
            lambda part: part.replace(b"</sheetData>", b"<!--" + b" " * 21_000_000 + b"--></sheetData>"),
            "展开后有 21 MB",
        ),
    ],
)
def test_a_cell_or_sheet_that_cannot_be_taken_is_named(change, sentence):
    assert sentence in refused(with_part(workbook(*PLAIN), SHEET, change))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 half", "不完整或已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table>", "网页"),
        (b"plan,unit\n2007,440000\n", "文本文件"),
        (b"x" * 2_500_001, "最多 2500000 字节"),
    ],
)
def test_what_is_no_workbook_is_told_what_it_is(data, sentence):
    assert sentence in refused(data)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("[Content_Types].xml", lambda part: part.replace(b"sheet.main", b"sheet.macroEnabled.main"), "宏"),
        ("[Content_Types].xml", lambda part: part.replace(b"spreadsheetml.sheet.main", b"x"), "不是 .xlsx"),
        ("xl/workbook.xml", lambda part: part + b"<!-- http://purl.oclc.org/ooxml/ -->", "Strict"),
    ],
)
def test_another_kind_of_workbook_is_refused(name, change, sentence):
    assert sentence in refused(with_part(workbook(*PLAIN), name, change))


def test_a_container_with_repeated_parts_is_refused():
    buffer = io.BytesIO(workbook(*PLAIN))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")

    assert "同名的部件" in refused(buffer.getvalue())


def test_an_empty_workbook_and_an_unnamed_column_are_refused():
    assert refused(workbook()) == "文件里没有数据。"
    assert "没有列名" in refused(workbook(["plan"], [2007, "更正"]))


def test_a_csv_is_read_in_the_encodings_people_have():
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        dataset = CsvFormat().create_dataset("plan,wording\r\n2007,不低于\r\n\r\n".encode(encoding))
        assert (dataset.headers, list(dataset)) == (["plan", "wording"], [("2007", "不低于")])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空的"),
        (b"\xff\xff\xff", "编码"),
        (b"plan\n\x00", "不是文本"),
        (b'plan\n"2007', "引号"),
        (b"plan\n" + b"2007\n" * MOST_ROWS, "最多导入"),
    ],
)
def test_a_csv_that_cannot_be_read_is_told_why(data, sentence):
    with pytest.raises(SheetRefused) as caught:
        CsvFormat().create_dataset(data)

    assert sentence in str(caught.value)
