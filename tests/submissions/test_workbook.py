"""The workbook of a unit: out with what stands, back with what changed, and only that."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from submissions.models import Explanation, Figure, MonthlyReport, UploadedFile
from submissions.workbook import layout
from tests import factories
from tests.factories import file, shanghai
from tests.submissions.workbook_pages import PAGE, downloaded, filled, preview, upload

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)


@pytest.fixture
def province(unit):
    """The province also files a count and a zero kind with persons."""
    for indicator in (
        factories.IndicatorFactory(code="T13", count=True, frequency=1),
        factories.IndicatorFactory(code="T18", zero=True, short_name="新欠"),
    ):
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    return unit


@pytest.fixture
def september(province, period, clerk, ministry):
    """A draft of September beside an approved August."""
    august = factories.MonthFactory(number=8)
    file(province, august, {"T01": "300000"}, by=clerk, now=NOW)
    return file(province, period, {"T01": "310000", "T04": ("46", "1000")}, by=clerk, now=NOW)


@pytest.fixture
def signed_in(client, clerk, province):
    client.force_login(clerk, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# Out -------------------------------------------------------------------------------------------


def test_ux15_the_workbook_comes_filled_with_codes_plan_and_last_values(signed_in, september):
    book = load_workbook(io.BytesIO(downloaded(signed_in)))
    page = book["2007-09"]
    rows = {page.cell(row, layout.KEY).value: row for row in range(layout.FIRST_ROW, 20)}

    assert book.sheetnames == ["2007-09"]
    assert list(rows)[:7] == [
        "T01.value", "T04.numerator", "T04.denominator", "T08.value", "T13.value", "T18.value", "T18.persons",
    ]  # fmt: skip
    assert page.cell(rows["T01.value"], layout.PREVIOUS).value == 300_000
    assert page.cell(rows["T01.value"], layout.VALUE).value == 310_000
    assert [page.column_dimensions["A"].hidden, page.row_dimensions[1].hidden] == [True, True]
    assert (page.freeze_panes, page.protection.sheet) == ("D5", True)
    assert page.cell(rows["T01.value"], layout.VALUE).protection.locked is False
    assert page.cell(rows["T01.value"], layout.PREVIOUS).protection.locked is True
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$2:$4")
    signatures = [cell.value for row in page.iter_rows() for cell in row if str(cell.value).endswith("：")]
    assert signatures == ["填表人：", "审核人：", "负责人（盖章）：", "填报日期："]
    assert {one.type for one in page.data_validations.dataValidation} == {"whole", "decimal", "list"}


def test_the_range_decides_the_sheets_and_an_approved_month_is_locked(signed_in, province, period, lead, ministry):
    august = factories.MonthFactory(number=8)
    figures = {"T01": "5", "T08": "7", "T13": "1", "T18": {"value": "0", "persons": "0"}}
    factories.approved(province, august, figures, by=lead, reviewer=ministry, now=NOW)

    book = load_workbook(io.BytesIO(downloaded(signed_in, "2007-08", "2007-09")))

    assert book.sheetnames == ["2007-08", "2007-09"]
    locked = [page.cell(layout.FIRST_ROW, layout.VALUE).protection.locked for page in book]
    assert locked == [True, False]
    assert "已通过" in book["2007-08"].cell(layout.ABOUT_ROW, layout.CODE).value


@pytest.mark.parametrize("query", ["unit=230000", "unit=999999", "unit=x", "unit=440000&from=x", "from=2009-01"])
def test_another_unit_or_month_is_not_found(signed_in, september, query):
    factories.UnitFactory(code="230000")

    assert signed_in.get(f"{PAGE}file/?{query}").status_code == 404


def test_who_files_for_nobody_has_no_workbook(client, analyst):
    client.force_login(analyst, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert [client.get(PAGE).status_code, client.get(f"{PAGE}{layout_key()}/").status_code] == [403, 403]


def layout_key():
    return "00000000-0000-4000-8000-000000000000"


# Back ------------------------------------------------------------------------------------------


def test_x42_an_unedited_workbook_changes_nothing(signed_in, september):
    _address, page = preview(signed_in, downloaded(signed_in))

    assert "没有变化（0 项）" in page
    assert MonthlyReport.objects.get(period__month="2007-09-01").version == 1


def test_x42_nor_does_it_after_libreoffice_has_saved_it(signed_in, september, office):
    """Numbers, hidden codes and the signed line survive another program; so do the words in the cells."""
    saved = office("report.xlsx", downloaded(signed_in))

    assert "没有变化（0 项）" in preview(signed_in, saved)[1]


def test_x42_nor_does_it_where_long_notes_make_the_mark_longer_than_a_cell(signed_in, september, monkeypatch):
    monkeypatch.setattr(layout, "MOST_IN_CELL", 100)

    data = downloaded(signed_in)

    row = [cell.value for cell in load_workbook(io.BytesIO(data))["2007-09"][layout.MARK_ROW] if cell.value]
    assert [len(text) for text in row[:-1]] == [100] * (len(row) - 1)
    assert "没有变化（0 项）" in preview(signed_in, data)[1]
    assert "导入 1 项改动" in preview(signed_in, filled(data, ("T01.value", layout.VALUE, 320_000)))[1]


def test_x42_nor_does_it_when_others_saved_meanwhile(signed_in, september, clerk, province, period):
    data = downloaded(signed_in)
    file(province, period, {"T01": "320000"}, by=clerk, now=NOW)

    assert "没有变化（0 项）" in preview(signed_in, data)[1]


def test_ux15_only_what_changes_is_shown_and_confirmed_it_is_saved(signed_in, september):
    data = filled(
        downloaded(signed_in),
        ("T01.value", layout.VALUE, 320000), ("T08.value", layout.VALUE, "８５０,０００"),
        ("T13.value", layout.STATE, "不适用"), ("T18.value", layout.VALUE, 0), ("T18.persons", layout.VALUE, 0),
        ("T18.value", layout.NOTE, "无新欠"),
    )  # fmt: skip
    address, page = preview(signed_in, data)

    assert "310,000" in page
    assert "320,000" in page
    assert "T04" not in page
    assert "导入 6 项改动" in page
    assert Figure.objects.get(filing__report__period="2007-09-01", indicator__code="T01").value == 310_000

    answer = signed_in.post(address)

    assert (answer.status_code, answer["Location"]) == (302, "/reports/2007-09/440000/")
    stored = Figure.objects.filter(filing__report__period="2007-09-01").order_by("indicator__code")
    assert [(one.indicator.code, one.state, one.value, one.note) for one in stored] == [
        ("T01", "REPORTED", 320_000, ""), ("T04", "REPORTED", None, ""), ("T08", "REPORTED", 850_000, ""),
        ("T13", "NOT_APPLICABLE", None, ""), ("T18", "REPORTED", 0, "无新欠"),
    ]  # fmt: skip
    assert UploadedFile.objects.get().content in {b"", memoryview(b"")}


def test_declared_parts_have_rows_of_their_own(signed_in, september, province):
    basic = factories.IndicatorFactory(code="T08")
    basic.filed_parts.create(code="workers", name="在职职工", name_en="Workers", position=1)
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 100), ("T08.parts/workers", layout.VALUE, 70))
    address, page = preview(signed_in, data)
    signed_in.post(address)

    assert "在职职工" in page
    assert Figure.objects.get(indicator=basic).parts == {"workers": "70"}
    assert "没有变化（0 项）" in preview(signed_in, downloaded(signed_in))[1]


def test_a_second_confirmation_imports_nothing_twice(signed_in, september):
    data = filled(downloaded(signed_in), ("T01.value", layout.VALUE, 320000))
    address, _page = preview(signed_in, data)
    signed_in.post(address)

    again = signed_in.post(address, follow=True)

    assert "已于" in again.content.decode()
    assert MonthlyReport.objects.get(period__month="2007-09-01").version == 2


def test_x36_the_same_file_again_is_told_when_it_was_imported(signed_in, september):
    data = filled(downloaded(signed_in), ("T01.value", layout.VALUE, 320000))
    signed_in.post(preview(signed_in, data)[0])

    assert "同样内容的文件已于 2007-10-12" in preview(signed_in, data)[1]


def test_an_emptied_cell_clears_the_figure(signed_in, september):
    address, _page = preview(signed_in, filled(downloaded(signed_in), ("T01.value", layout.VALUE, None)))
    signed_in.post(address)

    assert not Figure.objects.filter(filing__report__period="2007-09-01", indicator__code="T01").exists()


def test_explanations_are_taken_over_for_the_warnings_there_are(signed_in, september, province):
    data = filled(
        downloaded(signed_in),
        ("T01.value", layout.VALUE, 200_000), ("T01.value", layout.ANSWER, "剔除重复登记，经核实无误。"),
    )  # fmt: skip
    address, page = preview(signed_in, data)
    signed_in.post(address)

    assert "经核实无误" in page
    answers = Explanation.objects.filter(filing__report__period="2007-09-01")
    assert {one.indicator.code for one in answers} == {"T01"}
    assert {one.text for one in answers} == {"剔除重复登记，经核实无误。"}
    assert "没有变化（0 项）" in preview(signed_in, downloaded(signed_in))[1]


def test_an_explanation_that_says_nothing_is_refused(signed_in, september):
    _address, page = preview(signed_in, filled(downloaded(signed_in), ("T01.value", layout.ANSWER, "是")))

    assert "请至少写 5 个字" in page


# Refusals --------------------------------------------------------------------------------------


def test_x38_every_fault_is_told_and_stands_red_in_the_clerks_own_workbook(signed_in, september):
    data = filled(
        downloaded(signed_in), ("T01.value", layout.VALUE, "12万"), ("T08.value", layout.VALUE, -5),
        ("T04.numerator", layout.VALUE, True), C1="我的笔记",
    )  # fmt: skip
    address, page = preview(signed_in, data)
    marked = signed_in.get(f"{address}marked/")
    sheet = load_workbook(io.BytesIO(marked.content))["2007-09"]

    assert "有 3 处不能导入" in page
    assert "表“2007-09” G5 T01 新增就业 · 数值</span>" in page
    assert signed_in.post(address).status_code == 422
    red = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert set(red) == {"G5", "G6", "G8"}
    assert "12万" in red["G5"]
    assert sheet["G5"].fill.start_color.rgb == "FFFFC7CE"
    assert (sheet["C1"].value, sheet["G5"].value, sheet.freeze_panes) == ("我的笔记", "12万", "D5")
    assert "filename*=" in marked["Content-Disposition"]
    assert Figure.objects.get(filing__report__period="2007-09-01", indicator__code="T01").value == 310_000


def test_x38_the_first_twenty_faults_are_on_the_page(signed_in, september):
    header = "month,unit,indicator,value\n"
    rows = "".join(f"2007-09,440000,Q{number:03},x\n" for number in range(500))

    _address, page = preview(signed_in, (header + rows).encode(), "表.csv")

    assert "有 500 处不能导入" in page
    assert page.count("没有代码为") == 20
    assert "另有 480 处" in page


@pytest.mark.parametrize(
    "edit",
    [
        [("T01.value", layout.KEY, "T99.value")],
        [("T01.value", layout.CODE, "T08")],
        [("T01.value", layout.KEY, "T08.value")],
    ],
)
def test_x34_changed_codes_are_refused(signed_in, september, edit):
    answer = upload(signed_in, filled(downloaded(signed_in), *edit))

    assert answer.status_code == 422
    assert "隐藏的代码被改动" in answer.content.decode()


def test_x30_a_number_under_another_unit_of_measure_is_refused(signed_in, september):
    data = filled(downloaded(signed_in), ("T01.value", layout.VALUE, 32), ("T01.value", layout.MEASURE, "万人"))

    _location, page = preview(signed_in, data)

    assert "表上改成了“万人”" in page
    assert Figure.objects.get(filing__report=september, indicator__code="T01").value == 310000


@pytest.mark.parametrize("column", [layout.STATE, layout.NOTE, layout.ANSWER])
def test_x06_an_error_is_no_word(signed_in, september, column):
    _location, page = preview(signed_in, filled(downloaded(signed_in), ("T01.value", column, "#REF!")))

    assert "这一格是错误值 #REF!，请改填文字" in page


def test_x34_a_changed_mark_is_refused(signed_in, september):
    data = downloaded(signed_in)
    mark = load_workbook(io.BytesIO(data))["2007-09"]["A1"].value

    answer = upload(signed_in, filled(data, A1=mark[:-2] + ("AA" if mark[-2:] != "AA" else "BB")))

    assert "不是现行的填报模板" in answer.content.decode()


def test_x20_one_month_on_two_sheets_is_refused(signed_in, september):
    book = load_workbook(io.BytesIO(downloaded(signed_in)))
    book.copy_worksheet(book["2007-09"])
    buffer = io.BytesIO()
    book.save(buffer)

    assert "请只保留一张" in upload(signed_in, buffer.getvalue()).content.decode()


def test_a_state_that_contradicts_a_number_on_the_sheet_is_refused(signed_in, september):
    _address, page = preview(signed_in, filled(downloaded(signed_in), ("T01.value", layout.STATE, "未报")))

    assert "请二选一" in page


def test_x32_a_locked_month_is_refused_when_it_is_changed(signed_in, province, period, lead, ministry, clerk):
    data = downloaded(signed_in)
    figures = {"T01": "5", "T04": ("1", "100"), "T08": "7", "T13": "1", "T18": {"value": "0", "persons": "0"}}
    factories.approved(province, period, figures, by=lead, reviewer=ministry, now=NOW)

    _address, page = preview(signed_in, filled(data, ("T01.value", layout.VALUE, 6)))

    assert "不能执行“保存”" in page


def test_rows_taken_out_hidden_or_added_are_told(signed_in, september):
    book = load_workbook(io.BytesIO(downloaded(signed_in)))
    page = book["2007-09"]
    page.row_dimensions[6].hidden = True
    page["G14"] = 5
    page.delete_rows(11)
    buffer = io.BytesIO()
    book.save(buffer)

    told = preview(signed_in, buffer.getvalue())[1]

    assert "1 行是隐藏的" in told
    assert "删去了 1 行" in told
    assert "第 13 行不是模板中的行" in told


def test_u01_too_large_a_file_is_refused_with_the_limit(signed_in, september, settings):
    settings.IMPORT_JOB_BYTES = 1_000_000

    answer = upload(signed_in, b"PK" + b"x" * 1_000_000)

    assert answer.status_code == 422
    assert "最多 1000000 字节" in answer.content.decode()
    assert "最大 1 MB" in signed_in.get(PAGE).content.decode()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<html>"])
def test_x16_what_is_no_workbook_is_told_on_the_page(signed_in, september, data):
    answer = upload(signed_in, data)

    assert answer.status_code == 422
    assert UploadedFile.objects.count() == 0


def test_u01_no_file_at_all_is_told(signed_in, september):
    assert "请先选择文件" in signed_in.post(PAGE).content.decode()


@pytest.mark.parametrize(
    "name",
    ["..\\..\\x.xlsx", "a" * 300 + ".xlsx", "=cmd.xlsx", "\u202exslx.exe", "<script>.xlsx", "表\r\n.xlsx", "😀.xlsx"],
)
def test_x40_a_file_name_is_only_ever_shown(signed_in, september, name):
    data = filled(downloaded(signed_in), ("T01.value", layout.VALUE, "x"))
    address, page = preview(signed_in, data, name)
    marked = signed_in.get(f"{address}marked/")

    assert "<script>.xlsx" not in page
    assert "<bdi>" in page
    assert "\n" not in marked["Content-Disposition"]
    assert len(UploadedFile.objects.get().name) <= 200


def test_u06_another_persons_upload_is_not_found(signed_in, september, client, lead):
    address, _page = preview(signed_in, filled(downloaded(signed_in), ("T01.value", layout.VALUE, 5)))
    client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    assert client.get(f"{address}marked/").status_code == 404


def test_u03_a_person_keeps_so_many_files_waiting(signed_in, september, monkeypatch):
    monkeypatch.setattr("submissions.workbook.uploads.MOST_WAITING", 2)
    data = downloaded(signed_in)
    old = preview(signed_in, data)[0]
    UploadedFile.objects.update(uploaded_at=NOW - timedelta(days=2))

    addresses = [preview(signed_in, data)[0] for _number in range(3)]

    assert signed_in.get(old).status_code == 404
    assert [signed_in.get(one).status_code for one in addresses] == [404, 200, 200]


def test_the_ministry_chooses_a_unit(client, ministry, september):
    client.force_login(ministry, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "广东" in client.get(PAGE).content.decode()
    assert client.get(reverse("submissions:workbook-file")).status_code == 404
    assert client.get(f"{PAGE}file/?unit=440000").status_code == 200


def test_a_table_of_figures_is_taken_too(signed_in, september):
    address, page = preview(
        signed_in, "month,unit,indicator,value\n2007-09,440000,T08,850000\n".encode("gb18030"), "a.csv"
    )

    assert "850,000" in page
    assert signed_in.post(address).status_code == 302
    assert signed_in.get(f"{address}marked/").status_code == 404


def test_a_file_whose_import_is_overtaken_is_planned_again(signed_in, september, monkeypatch):
    from submissions import services
    from submissions.workbook import uploads

    address, _page = preview(signed_in, filled(downloaded(signed_in), ("T01.value", layout.VALUE, 5)))

    def overtaken(*_args, **_options):
        raise services.StaleVersion(september)

    monkeypatch.setattr(uploads, "save_drafts", overtaken)
    assert signed_in.post(address).status_code == 409


# Below -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("submissions_upload_digest_is_sha256", {"digest": "x"}),
        ("submissions_upload_content_goes_with_import", {"imported_at": NOW}),
    ],
)
def test_the_database_refuses_an_upload_that_cannot_be(clerk, constraint, fields):
    usual = {"digest": "0" * 64, "content": b"x", "uploaded_at": NOW, "by": clerk, "name": "a"}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        UploadedFile.objects.create(**{**usual, **fields})
