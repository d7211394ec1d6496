"""Edited words of a circular: kept between runs, versioned, and never silently wrong (UX-39, domain.md 5.1)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.models import AuditEntry
from accounts.refusals import NotPermitted
from reporting.circular import blocks, placeholders
from reporting.circular.facts import gather
from reporting.circular.models import LONGEST_TEXT, Block, CircularText
from submissions.models import MonthlyReport
from tests import factories
from tests.factories import shanghai
from tests.kept import kept_until_the_end
from tests.reporting.circular_months import TODAY, september
from tests.reporting.filings import publish, stand

NOW = shanghai(2007, 10, 12)


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    with kept_until_the_end(django_db_blocker):
        yield september()


@pytest.fixture
def month(kept, db):
    return kept


@pytest.fixture
def facts(month, ministry):
    return month.facts(ministry)


def worded(facts, block=Block.OPENING):
    return blocks.wordings(facts)[block]


def word(facts, text, *, by, block=Block.OPENING, version=None):
    current = worded(facts, block)
    return blocks.word(
        current, facts.period, text, by=by, now=NOW, version=current.version if version is None else version
    )


# Drafts ----------------------------------------------------------------------------------------


def test_every_block_is_drafted_from_the_data(facts):
    drafted = {block: one.text for block, one in blocks.wordings(facts).items()}

    assert drafted[Block.NUMBER] == "劳社部发〔2007〕　号"
    assert drafted[Block.SIGNED_ON] == "2007年10月12日"
    assert "《2007年劳动和社会保障工作要点》（劳社部发〔2007〕1号）" in drafted[Block.OPENING]
    assert "2007年1—9月" in drafted[Block.OPENING]
    assert "辛省：" in drafted[Block.PROBLEMS]
    assert "所报原因：受灾停产企业较多，岗位减少。" in drafted[Block.PROBLEMS]
    assert "养老金新增拖欠年内曾发生" in drafted[Block.PROBLEMS] or "养老金新增拖欠突破" in drafted[Block.PROBLEMS]
    assert drafted[Block.REQUIREMENTS].endswith("不得漏报、迟报。")


def test_the_date_of_a_published_month_is_that_of_its_publication(month, ministry):
    publish(month.period)
    facts = month.facts(ministry)

    assert worded(facts, Block.SIGNED_ON).text == "2007年12月25日"


# Wording by hand -------------------------------------------------------------------------------


def test_an_edit_is_kept_between_runs_with_its_author_and_on_the_trail(facts, month, planner):
    assert word(facts, "现将情况通报如下：", by=planner)

    again = worded(month.facts(planner))
    entry = AuditEntry.objects.get(action="circular.word")

    assert (again.text, again.is_edited, again.version) == ("现将情况通报如下：", True, 1)
    assert (again.edited.by, again.edited.at) == (planner, NOW)
    assert entry.details == {"month": "2007-09", "block": "OPENING", "version": 1, "text": "现将情况通报如下："}


def test_an_edit_stays_when_the_figures_change(facts, month, ministry):
    word(facts, "本期共{T01.value}。", by=ministry)
    assert worded(facts).text == "本期共67.6万人。"

    stand(month.units[8], month.period, {month.indicators["T01"]: 100_000})

    assert worded(month.facts(ministry)).text == "本期共77.6万人。"


def test_the_generated_text_can_be_taken_back(facts, ministry):
    word(facts, "另写的开头。", by=ministry)

    assert word(facts, "", by=ministry)

    back = worded(facts)
    assert (back.is_edited, back.version, back.text) == (False, 2, back.generated)
    assert [one.version for one in blocks.history(facts.period)] == [2, 1]


def test_saving_what_stands_changes_nothing(facts, ministry):
    assert not word(facts, worded(facts).generated, by=ministry)
    assert not CircularText.objects.exists()


def test_recipients_once_worded_hold_for_the_months_after(facts, month, ministry):
    word(facts, "各省厅局", by=ministry, block=Block.RECIPIENTS)
    october = factories.MonthFactory(number=10)
    later = gather(ministry, october, today=TODAY)

    assert worded(later, Block.RECIPIENTS).text == "各省厅局"
    assert worded(later, Block.OPENING).text != worded(facts, Block.OPENING).text


@pytest.mark.parametrize("role", ["ANALYST", "CLERK", "LEAD"])
def test_only_reviewers_and_planners_word_circulars(facts, month, role):
    unit = None if role == "ANALYST" else month.units[0]

    with pytest.raises(NotPermitted):
        word(facts, "改动", by=factories.person(role, unit))


def test_a_text_edited_by_someone_else_meanwhile_is_not_overwritten(facts, ministry, planner):
    word(facts, "第一稿", by=planner)

    with pytest.raises(blocks.ChangedMeanwhile, match="已被他人修改"):
        word(facts, "第二稿", by=ministry, version=0)
    assert worded(facts).text == "第一稿"


def test_two_who_save_at_the_same_moment_cannot_both_win(facts, ministry, planner):
    seen = worded(facts)
    CircularText.objects.create(period=facts.period, block=Block.OPENING, version=1, text="先到", by=planner, at=NOW)

    with pytest.raises(blocks.ChangedMeanwhile):
        blocks.word(seen, facts.period, "后到", by=ministry, now=NOW, version=0)


@pytest.mark.parametrize(
    ("block", "text", "sentence"),
    [
        (Block.OPENING, "完成{T99.value}", "“{T99.value}”没有对应的数据"),
        (Block.OPENING, "完成{T01.valeu}", "{T01.440000.value}"),
        (Block.OPENING, "字" * (LONGEST_TEXT + 1), f"最多{LONGEST_TEXT}个"),
        (Block.NUMBER, "劳社部发\n〔2007〕9号", "只能写一行"),
        (Block.OPENING, "开头\x07", "不能打印的字符"),
    ],
)
def test_what_cannot_stand_is_refused_with_the_way_out(facts, ministry, block, text, sentence):
    with pytest.raises(blocks.Refused) as refused:
        word(facts, text, by=ministry, block=block)

    assert sentence in str(refused.value)
    assert not CircularText.objects.exists()


# Numbers typed by hand -------------------------------------------------------------------------


def test_a_number_typed_by_hand_is_pointed_out_once_the_data_says_otherwise(facts, month, ministry):
    word(facts, "全国新增就业67.6万人，比计划多5.5万人。", by=ministry)
    before = worded(facts)
    assert (before.stale, before.unquoted) == ([], ["5.5万人"])

    stand(month.units[8], month.period, {month.indicators["T01"]: 100_000})
    after = worded(month.facts(ministry))

    assert after.text == "全国新增就业67.6万人，比计划多5.5万人。"
    assert [(one.number, one.name, one.now) for one in after.stale] == [("67.6万人", "T01.value", "77.6万人")]


def test_generated_words_quote_figures_alone(facts):
    assert [one.unquoted for one in blocks.wordings(facts).values()] == [[]] * len(Block)


def test_a_name_that_stands_for_nothing_any_more_stays_visible():
    assert placeholders.filled_leniently("共{T01.value}", {}) == "共{T01.value}"


def test_a_name_stands_for_the_figure_the_pages_show(facts):
    told = placeholders.known(facts)
    expected = {
        "T01.value": "67.6万人",
        "T01.target": "100万人",
        "T01.rate": "68%",
        "T01.rate1": "67.6%",
        "T01.pace": "低于序时进度7.4个百分点",
        "T01.done": "3",
        "T01.status": "略有滞后",
        "T01.behind": "3",
        "T08.share": "79%",
        "T01.120000.value": "10.2万人",
        "T01.120000.rank": "2",
        "T04.value": "4.1%",
    }

    assert {name: told[name] for name in expected} == expected


# The database ----------------------------------------------------------------------------------


def row(period, **fields):
    given = {"period": period, "block": "OPENING", "version": 1, "text": "字", "at": NOW} | fields
    return CircularText(by=factories.UserFactory(), **given)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"block": "WEATHER"}, "reporting_circular_block_is_known"),
        ({"version": 0}, "reporting_circular_versions_start_at_one"),
        ({"text": "", "figures": {"1人": ["T01.value"]}}, "reporting_circular_generated_text_quotes_nothing"),
    ],
)
def test_the_database_refuses_what_cannot_be(month, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        row(month.period, **fields).save()


def test_a_version_exists_once(month):
    row(month.period).save()

    with pytest.raises(IntegrityError, match="reporting_circular_one_text_per_version"):
        row(month.period).save()


@pytest.mark.parametrize(
    "statement", ["UPDATE reporting_circulartext SET text = 'x'", "DELETE FROM reporting_circulartext"]
)
def test_a_version_is_never_changed_or_deleted(month, statement):
    row(month.period).save()

    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_reasons_come_from_approved_reports_alone(facts, month, ministry):
    unit = month.units[9]
    report = factories.ReportFactory(unit=unit, period=month.period)
    factories.FigureFactory(filing=report.filing, indicator=month.indicators["T01"], note="还没有审核的话")

    said = month.facts(ministry).reasons.values()

    assert MonthlyReport.objects.filter(period=month.period).count() == 9
    assert list(said) == ["受灾停产企业较多，岗位减少"]
