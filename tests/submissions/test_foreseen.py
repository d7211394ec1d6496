"""Before an import is confirmed, the rules say what the drafts will lack (acceptance.md X-30, X-31)."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from submissions.bulk.foreseen import outlook
from submissions.bulk.plan import ReportPlan
from submissions.intake import FigureInput
from submissions.models import Figure, MonthlyReport
from submissions.services import report_for
from submissions.workbook import layout
from targets.models import Indicator
from tests import factories
from tests.factories import file, shanghai
from tests.submissions.workbook_pages import downloaded, filled, preview

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
HEADER = "month,unit,indicator,value,numerator,denominator\n"


@pytest.fixture
def signed_in(client, clerk):
    client.force_login(clerk, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(autouse=True)
def monthly(unit):
    """Everything is due in every month."""
    Indicator.objects.update(frequency=1)


@pytest.fixture
def september(unit, monthly, period, clerk):
    """A draft of September beside one of August, in which 13.69 million are insured."""
    august = factories.MonthFactory(number=8)
    file(unit, august, {"T01": "300000", "T08": "13690000", "T04": ("46", "1000")}, by=clerk, now=NOW)
    return file(unit, period, {"T01": "310000", "T04": ("46", "1000")}, by=clerk, now=NOW)


def foreseen(page):
    """Return the section's title and its findings as a person reads them."""
    section = page.partition('id="foreseen-title">')[2].partition("</section>")[0]
    plain = lambda text: " ".join(re.sub(r"<[^>]+>", "", text).split())  # noqa: E731
    found = re.findall(r'<p class="found__words">(.*?)</p>', section, re.DOTALL)
    return plain(section.partition("</h2>")[0]), [plain(one) for one in found], plain(section)


def test_x30_a_slip_of_the_unit_is_told_with_its_cell_before_anything_is_stored(signed_in, september):
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 1_369))

    _address, page = preview(signed_in, data)
    title, found, _all = foreseen(page)

    assert title == "导入后须更正 1 项、须说明 0 项"
    assert [one.partition("G8 T08 养老参保")[0] for one in found] == ["✖ 须更正 表“2007-09” "]
    assert "只有约万分之一" in found[0]
    assert "导入 1 项改动" in page
    assert not Figure.objects.filter(filing__report=september, indicator__code="T08").exists()


def test_the_preview_tells_what_the_form_tells_after_the_import(signed_in, september):
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 1_369), ("T01.value", layout.VALUE, 200_000))
    address, page = preview(signed_in, data)
    _title, found, _all = foreseen(page)

    form = signed_in.post(address, follow=True).content.decode()

    told = re.findall(
        r'<p class="found__words"><span class="found__kind">([✖▲]) \S+</span> (.*?)(?: <button.*)?</p>', form
    )
    assert len(told) == 2
    assert sorted(re.sub(r"(\S) \S+ 表“2007-09” G\d+ ", r"\1 ", one) for one in found) == sorted(
        f"{kind} {words}" for kind, words in told
    )


def test_x31_what_blocks_comes_first_and_a_figure_not_filled_is_only_counted(signed_in, september):
    data = filled(
        downloaded(signed_in), ("T01.value", layout.VALUE, 200_000), ("T08.value", layout.VALUE, 1_369),
        ("T04.numerator", layout.VALUE, None), ("T04.denominator", layout.VALUE, None),
    )  # fmt: skip

    title, found, section = foreseen(preview(signed_in, data)[1])

    assert title == "导入后须更正 1 项、须说明 1 项"
    assert [one[0] for one in found] == ["✖", "▲"]
    assert "另有 1 项应报未填" in section


def test_a_sound_workbook_says_so(signed_in, september):
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 13_700_000))

    assert foreseen(preview(signed_in, data)[1])[0] == "✔ 导入后没有须更正或须说明的"

    _address, refused = preview(signed_in, filled(data, ("T01.value", layout.VALUE, "三十一万")))
    assert "有 1 处不能导入" in refused
    assert "导入后" not in refused  # nothing is imported, so nothing is sound afterwards


def test_an_answer_in_the_workbook_explains_beforehand(signed_in, september):
    data = filled(
        downloaded(signed_in), ("T01.value", layout.VALUE, 200_000), ("T01.value", layout.ANSWER, "剔除重复，已核实。"),
        ("T08.value", layout.VALUE, 13_700_000),
    )  # fmt: skip

    assert foreseen(preview(signed_in, data)[1])[0] == "✔ 导入后没有须更正或须说明的"


def test_an_answer_stored_earlier_counts_while_the_figure_stands(signed_in, september):
    first = filled(
        downloaded(signed_in), ("T01.value", layout.VALUE, 200_000), ("T01.value", layout.ANSWER, "剔除重复，已核实。")
    )
    signed_in.post(preview(signed_in, first)[0])
    second = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 13_700_000))

    assert foreseen(preview(signed_in, second)[1])[0] == "✔ 导入后没有须更正或须说明的"


def test_months_of_one_file_are_held_against_each_other(signed_in, unit, period):
    """August is in no draft yet: what September is held against stands in the same file."""
    data = f"{HEADER}2007-08,440000,T08,13690000,,\n2007-09,440000,T08,1369,,\n"

    _title, found, section = foreseen(preview(signed_in, data.encode(), "表.csv")[1])

    assert ["第 3 行 value" in one and "2007-09" in one for one in found] == [True]
    assert "另有 4 项应报未填" in section
    assert not MonthlyReport.objects.exists()


def offered(page):
    """Return where the buttons lead that take what is suggested."""
    return [html.unescape(one) for one in re.findall(r'<a class="btn btn-sm" href="([?]take=[^"]+)"', page)]


def test_a_suggestion_is_taken_with_one_click_and_the_next_one_then_follows(signed_in, unit, period):
    """September is 万 as August is: it only stands out once August is put right."""
    before = f"{HEADER}2007-07,440000,T08,13680000,,\n"
    factories.MonthFactory(number=7)
    data = f"{before}2007-08,440000,T08,1369,,\n2007-09,440000,T08,1370,,\n"
    address, page = preview(signed_in, data.encode(), "表.csv")

    (first,) = offered(page)
    once = signed_in.get(address + first).content.decode()
    (second,) = offered(once)
    twice = signed_in.get(address + second).content.decode()

    assert first == "?take=2007-08%3A440000%3AT08%3Avalue%3A13690000"
    assert "文件中为 1,369，导入为 13,690,000。" in once
    assert (offered(twice), "13,700,000</strong>" in twice) == ([], True)
    assert not MonthlyReport.objects.exists()
    taken = re.findall(r'name="take" value="([^"]+)"', twice)
    signed_in.post(address, {"take": taken})
    stored = Figure.objects.order_by("filing__report__period")
    assert [figure.value for figure in stored] == [13_680_000, 13_690_000, 13_700_000]
    assert AuditEntry.objects.filter(action="report.save").latest("number").details["taken"] == taken


def test_nothing_is_taken_but_what_is_suggested(signed_in, september):
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 1_369))
    address, page = preview(signed_in, data)
    (offer,) = offered(page)
    other = offer.replace("13690000", "13690001")

    answers = [signed_in.get(address + other), signed_in.post(address, {"take": other.partition("=")[2]})]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert ["没有采用" in answer.content.decode() for answer in answers] == [True, True]
    assert not Figure.objects.filter(filing__report=september, indicator__code="T08").exists()


def test_a_figure_the_file_leaves_alone_is_told_without_a_cell(signed_in, unit, september, clerk, period):
    file(unit, period, {"T01": "200000"}, by=clerk, now=NOW)
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 13_700_000))

    _title, found, _section = foreseen(preview(signed_in, data)[1])

    assert len(found) == 1
    assert found[0].startswith("▲ 须说明 广东 2007-09 T01 新增就业")


def test_beside_a_refused_cell_the_others_are_judged_all_the_same(signed_in, september):
    data = filled(downloaded(signed_in), ("T01.value", layout.VALUE, "12万"), ("T08.value", layout.VALUE, 1_369))

    _address, page = preview(signed_in, data)
    title, found, _section = foreseen(page)

    assert "有 1 处不能导入" in page
    assert title == "导入后须更正 1 项、须说明 0 项"
    assert ["T08" in one for one in found] == [True]


def test_of_a_report_that_takes_nothing_any_more_nothing_is_foreseen(signed_in, september, lead):
    data = filled(downloaded(signed_in), ("T08.value", layout.VALUE, 1_369))
    MonthlyReport.objects.filter(pk=september.pk).update(status="SUBMITTED")

    assert foreseen(preview(signed_in, data)[1])[0] == ""


@pytest.mark.parametrize("n_units", [1, 3])
def test_the_outlook_costs_the_same_queries_however_many_reports(ministry, period, n_units, django_assert_num_queries):
    indicator = factories.IndicatorFactory(code="T21")
    plans = []
    for number in range(n_units):
        unit = factories.UnitFactory(code=f"{11 + number}0000")
        factories.AssignmentFactory(unit=unit, indicator=indicator)
        figure = FigureInput(indicator, "REPORTED", Decimal(5))
        plans.append(ReportPlan(report_for(unit, period), [], figures=[figure]))

    with django_assert_num_queries(10):
        ahead = outlook(plans, by=ministry, today=NOW.date())

    assert (ahead.n_reports, ahead.n_unfilled) == (n_units, 0)
