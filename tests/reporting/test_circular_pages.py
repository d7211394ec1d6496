"""The circular's pages: who sees it when (T-09, U-15), wording by hand, letters to units, files on the trail."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from reporting.circular import pdf
from reporting.circular.models import Block, CircularText
from tests import factories
from tests.kept import kept_until_the_end
from tests.reporting.circular_months import september
from tests.reporting.filings import publish

MONTH = "/circular/2007-09/"
WORD = f"{MONTH}circular.docx"


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    with kept_until_the_end(django_db_blocker):
        yield september()


@pytest.fixture
def month(kept, db):
    return kept


@pytest.fixture
def office(month, ministry, client):
    client.force_login(ministry)
    return client


def bureau(client, unit, role="LEAD"):
    client.force_login(factories.person(role, unit))
    return client


def read_word(answer) -> str:
    assert answer.status_code == 200
    file = docx.Document(io.BytesIO(answer.getvalue()))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])


# Who sees it -----------------------------------------------------------------------------------


def test_the_page_shows_what_will_be_printed(office):
    text = office.get(MONTH).content.decode()

    assert "劳动和社会保障部文件" in text
    assert "67.6万人" in text
    assert "未发布　暂定" in text
    assert 'src="data:image/svg+xml;base64,' in text


@pytest.mark.parametrize("role", ["PLANNER", "ANALYST"])
def test_the_whole_ministry_reads_a_draft(month, client, role):
    client.force_login(factories.person(role))

    assert "67.6万人" in client.get(MONTH).content.decode()
    assert "67.6万人" in read_word(client.get(WORD))


ADDRESSES = [
    MONTH,
    WORD,
    f"{MONTH}circular.pdf",
    f"{MONTH}wording/",
    f"{MONTH}letters.zip",
    f"{MONTH}template.docx",
    f"{MONTH}letters/110000.docx",
    f"{MONTH}letters/120000.pdf",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_t09_a_bureau_learns_nothing_before_publication(month, client, address):
    answer = bureau(client, month.units[0]).get(address)
    body = answer.getvalue() if answer.streaming else answer.content

    assert answer.status_code in {200, 403, 404}
    assert answer.status_code == 404 or address == MONTH or "wording" in address
    assert not re.search("67.6万人|675,?960|乙省（", body.decode())


def test_a_bureau_reads_the_published_circular_and_its_own_letter(month, client):
    publish(month.period)
    own, other = month.units[0], month.units[1]
    client = bureau(client, own)
    page = client.get(MONTH).content.decode()

    assert "67.6万人" in page
    assert "未发布" not in page
    assert f"letters/{own.code}.docx" in page
    assert f"letters/{other.code}.docx" not in page
    assert "11万人" in read_word(client.get(f"{MONTH}letters/{own.code}.docx"))
    assert client.get(f"{MONTH}letters/{other.code}.docx").status_code == 404
    assert client.get(f"{MONTH}letters.zip").status_code == 403
    assert client.get(f"{MONTH}wording/").status_code == 403


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "AUDITOR"])
def test_administrators_read_no_circular(month, client, role):
    client.force_login(factories.person(role))

    assert {client.get(address).status_code for address in ADDRESSES} == {403}


@pytest.mark.parametrize(
    "address", ["/circular/2007-11/", "/circular/2007-13/", "/circular/2031-01/", f"{MONTH}letters/999999.docx"]
)
def test_what_does_not_exist_is_not_found(office, address):
    assert office.get(address).status_code == 404


@pytest.mark.parametrize(
    "address", [WORD, f"{MONTH}letters/180000.docx", f"{MONTH}letters.zip", f"{MONTH}template.docx"]
)
def test_every_file_is_on_the_trail(office, address):
    assert office.get(address).status_code == 200

    entry = AuditEntry.objects.get(action="export")
    assert entry.details["month"] == "2007-09"
    assert entry.details["table"] in {"circular", "letter", "letters", "template"}


def test_where_no_pdf_can_be_made_the_page_says_why(office, monkeypatch):
    def none(*_args):
        raise pdf.NoPdf("本机没有 Pango 程序库。")

    monkeypatch.setattr(pdf, "pdf", none)

    page = office.get(f"{MONTH}circular.pdf", follow=True)

    assert page.redirect_chain == [(MONTH, 302)]
    assert "本机没有 Pango 程序库" in page.content.decode()


def test_the_document_is_chinese_whatever_the_page_is(office):
    page = office.get(MONTH, headers={"accept-language": "en"}, query_params={}).content.decode()

    assert "城镇新增就业人数。" in page
    assert "1—9月，全国累计实现67.6万人" in page


# Letters ---------------------------------------------------------------------------------------


def test_who_has_not_reported_is_reminded_and_the_others_are_told_where_they_stand(office, month):
    missing, behind = month.units[9], month.units[7]

    reminder = read_word(office.get(f"{MONTH}letters/{missing.code}.docx"))
    standing = read_word(office.get(f"{MONTH}letters/{behind.code}.docx"))

    assert "关于催报2007年9月" in reminder
    assert "尚未报送" in reminder
    assert "劳社部函〔2007〕　号" in reminder
    assert "万人" not in reminder
    assert "累计实现4万人，完成全年目标任务（10万人）的40%，低于序时进度35.0个百分点。在各地区中居第8位。" in standing
    assert "所报原因：受灾停产企业较多，岗位减少。" in standing
    assert "你单位：" not in standing


def test_a_letter_goes_to_the_bureau_by_its_full_name(office, month):
    month.units[0].aliases.create(name="甲省劳动和社会保障厅")

    assert "甲省劳动和社会保障厅：" in read_word(office.get(f"{MONTH}letters/{month.units[0].code}.docx"))


def test_all_letters_come_in_one_archive(office, month):
    answer = office.get(f"{MONTH}letters.zip")

    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert archive.namelist() == [f"{unit.code}_{unit.short_name}.docx" for unit in month.units]
        texts = [archive.read(name) for name in archive.namelist()]
    titles = ["".join(p.text for p in docx.Document(io.BytesIO(text)).paragraphs[:8]) for text in texts]
    assert ["催报" in title for title in titles] == [False] * 8 + [True] * 2


def test_the_list_says_which_letter_a_unit_gets(office, month):
    page = office.get(MONTH)

    assert [one.is_reminder for one in page.context["letters"]] == [False] * 8 + [True] * 2


# Wording ---------------------------------------------------------------------------------------


def post(client, **given):
    return client.post(f"{MONTH}wording/", {"block": "OPENING", "version": "0", "text": "现通报如下：", **given})


def test_words_typed_on_the_page_go_into_the_file(office):
    assert post(office).status_code == 302

    assert "现通报如下：" in read_word(office.get(WORD))
    page = office.get(f"{MONTH}wording/").content.decode()
    assert "第 1 版" in page
    assert "恢复生成的文字" in page


def test_the_generated_words_come_back_by_a_button(office):
    post(office)

    post(office, version="1", generated="1")

    assert "现通报如下：" not in read_word(office.get(WORD))
    assert CircularText.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"text": "完成{T99.value}"}, 400, "没有对应的数据"),
        ({"version": "7"}, 409, "已被他人修改"),
    ],
)
def test_what_is_refused_stays_in_the_field(office, given, status, sentence):
    answer = post(office, **given)
    page = answer.content.decode()

    assert answer.status_code == status
    assert sentence in page
    assert f">{given.get('text', '现通报如下：')}</textarea>" in page


@pytest.mark.parametrize("given", [{"block": "WEATHER"}, {"version": "x"}, {"version": ""}])
def test_a_forged_form_is_not_found(office, given):
    assert post(office, **given).status_code == 404


def test_a_number_that_no_longer_agrees_is_pointed_out_on_the_page(office, month, planner):
    CircularText.objects.create(
        period=month.period,
        block=Block.PROBLEMS,
        version=1,
        text="全国60万人。",
        figures={"60万人": ["T01.value"]},
        by=planner,
        at=timezone.now(),
    )

    page = office.get(MONTH).content.decode()

    assert "“60万人”录入时是 T01.value，现在是“67.6万人”" in page
    assert "全国60万人。" in page


def test_saving_what_stands_says_so(office):
    page = post(office, text="").wsgi_request

    assert "没有变化" in str(next(iter(page._messages)))


# The way there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/overview/?month=2007-09", "/calendar/2007-09/"])
def test_overview_and_calendar_lead_to_the_circular(office, address):
    assert f'href="{MONTH}"' in office.get(address).content.decode()


def test_the_queries_do_not_grow_with_the_units(office, django_assert_max_num_queries):
    office.get(MONTH)

    with django_assert_max_num_queries(45):
        office.get(MONTH)
