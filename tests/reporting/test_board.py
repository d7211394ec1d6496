"""The board: the light of every item, made from its targets or its milestones, as far as the reader may see."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import permissions
from accounts.models import ReportingUnit, User
from reporting.board import MilestoneStanding, StateCounts, board, milestones_light
from reporting.pages.board import scope_words
from reporting.pages.milestones import unit_milestones
from submissions.models import MilestoneProgress, MilestoneState, ReportingMonth
from targets import duties
from targets.deadlines import Delay
from targets.goals import Status
from targets.models import Item, ItemText, Milestone, MilestoneFrequency
from tests import factories
from tests.reporting.filings import publish, stand

pytestmark = pytest.mark.django_db

TODAY = date(2007, 10, 12)
DONE = {"state": MilestoneProgress.ISSUED, "actual_on": date(2007, 3, 20)}
UNDER_WAY = {"state": MilestoneProgress.IN_PROGRESS}
LATE = {"state": MilestoneProgress.IN_PROGRESS, "planned_on": date(2007, 10, 11)}
CARRIED_OVER = {"state": MilestoneProgress.CARRIED_OVER, "planned_on": date(2008, 6, 30), "note": "草案待审"}
CANCELLED = {"state": MilestoneProgress.CANCELLED, "note": "并入下年"}
RENAMED = {"state": MilestoneProgress.RENAMED, "new_title": "新名称"}
#: Fields without which a state cannot stand.
NEEDED = {"ISSUED": DONE, "CARRIED_OVER": {"note": "草案待审"}, "RENAMED": RENAMED, "CANCELLED": CANCELLED}
NOT_STARTED = {"state": MilestoneProgress.NOT_STARTED}


@pytest.fixture
def periods(db: None) -> dict[int, ReportingMonth]:
    return {period.month.month: period for period in factories.months_of_2007()}


@pytest.fixture
def item(db: None) -> Item:
    return factories.ItemFactory(number=7, heading="养老保险")


def provinces(count: int) -> list[ReportingUnit]:
    return [factories.UnitFactory() for _ in range(count)]


def milestone(item: Item, **fields: object) -> Milestone:
    return factories.MilestoneFactory(item=item, scope_count=fields.pop("scope_count", 2), **fields)


def standing(person: User, period: ReportingMonth, today: date = TODAY) -> MilestoneStanding:
    (one,) = board(person, period, today=today).items
    return one.milestones[0]


# Milestones ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "done", "status"),
    [
        (None, None, 0, Status.NOT_REPORTED),
        (NOT_STARTED, None, 0, Status.NOT_REPORTED),
        (NOT_STARTED | {"planned_on": date(2007, 12, 1)}, None, 0, Status.ON_SCHEDULE),
        (NOT_STARTED | {"planned_on": date(2007, 10, 11)}, None, 0, Status.BEHIND),
        (UNDER_WAY, None, 0, Status.ON_SCHEDULE),
        ({"state": MilestoneProgress.SUBMITTED}, None, 0, Status.ON_SCHEDULE),
        (DONE, None, 1, Status.ON_SCHEDULE),
        (DONE, UNDER_WAY, 1, Status.ON_SCHEDULE),
        (DONE, LATE, 1, Status.BEHIND),
        (DONE, DONE | {"planned_on": date(2007, 1, 1)}, 2, Status.COMPLETED),
        (DONE, CARRIED_OVER, 1, Status.ON_SCHEDULE),
        (DONE, CANCELLED, 1, Status.COMPLETED),
        (CANCELLED, RENAMED, 0, None),
        (LATE | {"planned_on": TODAY}, None, 0, Status.ON_SCHEDULE),
    ],
)
def test_a_milestone_stands_where_its_units_stand(ministry, periods, item, first, second, done, status):
    one = milestone(item)
    for unit, state in zip(provinces(2), (first, second), strict=True):
        if state is not None:
            stand(unit, periods[9], {}, {one: state})

    found = standing(ministry, periods[9])

    assert (found.n_done, found.status) == (done, status)


def test_the_newest_state_at_or_before_the_month_counts(ministry, periods, item):
    one = milestone(item)
    unit, _ = provinces(2)
    stand(unit, periods[3], {}, {one: UNDER_WAY})
    stand(unit, periods[6], {}, {one: DONE})

    assert [standing(ministry, periods[month]).n_done for month in (2, 3, 5, 6, 9)] == [0, 0, 0, 1, 1]


def test_units_done_before_the_year_count_whether_they_report_it_or_not(ministry, periods, item):
    one = milestone(item, scope_count=32, baseline_count=27)
    units = provinces(29)
    before = standing(ministry, periods[1])
    for unit in units[:28]:
        stand(unit, periods[2], {}, {one: DONE})

    after = standing(ministry, periods[2])

    assert (before.n_done, before.n_in_scope, before.status) == (27, 32, Status.ON_SCHEDULE)
    assert (after.n_done, str(after.share)) == (28, "0.875")


def test_a_draft_state_counts_for_nothing(ministry, periods, item):
    one = milestone(item)
    report = factories.ReportFactory(unit=provinces(1)[0], period=periods[9])
    MilestoneState.objects.create(filing=report.filing, milestone=one, **DONE)

    assert standing(ministry, periods[9]).counts == StateCounts()


@pytest.mark.parametrize(
    ("scope", "scope_count", "done", "in_scope"),
    [("NATIONAL", 1, 0, 1), ("UNITS", 32, 2, 32), ("PREFECTURES", 333, 3, 333), ("PILOTS", None, 5, 5)],
)
def test_only_units_of_the_scope_count(ministry, periods, item, scope, scope_count, done, in_scope):
    one = milestone(item, scope=scope, scope_count=scope_count)
    above = provinces(2)
    below = [factories.UnitFactory(code=f"99{n}100", parent=above[0], kind="PREFECTURE") for n in range(3)]
    for unit in (*above, *below):
        stand(unit, periods[9], {}, {one: DONE})

    found = standing(ministry, periods[9])

    assert (found.n_done, found.n_in_scope) == (done, in_scope)


def test_a_scope_nobody_named_has_no_share_until_somebody_reports(ministry, periods, item):
    milestone(item, scope="PILOTS", scope_count=None)

    found = standing(ministry, periods[9])

    assert (found.n_in_scope, found.share, found.status) == (0, None, Status.NOT_REPORTED)


@pytest.mark.parametrize("state", MilestoneProgress.values)
@pytest.mark.parametrize("planned_on", [None, date(2007, 10, 11), TODAY])
@pytest.mark.parametrize("frequency", MilestoneFrequency.values)
@pytest.mark.parametrize("reported_in", [6, 7, 9])
def test_the_counts_of_the_late_and_the_marks_on_units_agree(
    ministry, periods, item, state, planned_on, frequency, reported_in
):
    if state == "CARRIED_OVER" and planned_on is None:
        return
    one = milestone(item, frequency=frequency)
    told = NEEDED.get(state, {}) | {"state": state, "planned_on": planned_on}
    stand(provinces(1)[0], periods[reported_in], {}, {one: told})

    counts = standing(ministry, periods[9]).counts

    (mark,) = [each.delay(today=TODAY, through=date(2007, 9, 1)) for each in MilestoneState.objects.all()]
    assert (counts.n_overdue, counts.n_silent) == (mark == Delay.OVERDUE, mark == Delay.SILENT)


def test_a_milestone_not_heard_of_in_its_period_lags(ministry, periods, item):
    one = milestone(item, frequency="QUARTERLY")
    stand(provinces(1)[0], periods[6], {}, {one: UNDER_WAY})

    statuses = [standing(ministry, periods[month]).status for month in (6, 8, 9)]

    assert statuses == [Status.ON_SCHEDULE, Status.ON_SCHEDULE, Status.LAGGING]
    assert standing(ministry, periods[9], today=date(2007, 10, 5)).status == Status.ON_SCHEDULE  # not yet past due


def test_an_exempt_unit_owes_nothing_whatever_it_reported(ministry, planner, periods, item):
    one = milestone(item, scope_count=3)
    exempt, done, late = provinces(3)
    duties.exempt(one, exempt, reason="没有这项业务", by=planner)
    for unit, state in ((exempt, LATE), (done, DONE), (late, UNDER_WAY)):
        stand(unit, periods[9], {}, {one: state})

    found = standing(ministry, periods[9])

    assert (found.n_done, found.n_in_scope, found.n_exempt, found.status) == (1, 2, 1, Status.ON_SCHEDULE)


@pytest.mark.parametrize(
    ("scope", "scope_count", "actors"), [("NATIONAL", 1, ["M"]), ("UNITS", 32, ["M"]), ("PREFECTURES", 333, ["M"])]
)
def test_what_the_ministry_reports_is_one_thing_to_be_done(ministry, periods, item, scope, scope_count, actors):
    one = milestone(item, scope=scope, scope_count=scope_count, actors=actors)
    assert standing(ministry, periods[8]).status == Status.NOT_REPORTED
    stand(factories.NationFactory(), periods[8], {}, {one: UNDER_WAY})
    stand(factories.NationFactory(), periods[9], {}, {one: DONE})

    before, after = standing(ministry, periods[8]), standing(ministry, periods[9])

    assert (before.n_done, before.n_in_scope, before.status) == (0, 1, Status.ON_SCHEDULE)
    assert (after.n_done, after.n_in_scope, after.status) == (1, 1, Status.COMPLETED)


def test_milestones_come_in_the_order_of_the_plan(ministry, periods, item):
    for number in (10, 9, 1):
        milestone(item, code=f"M07-{number}")

    (one,) = board(ministry, periods[9], today=TODAY).items

    assert [each.milestone.code for each in one.milestones] == ["M07-1", "M07-9", "M07-10"]


# The light of an item --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "light"),
    [
        ([], None),
        ([None], None),
        ([Status.COMPLETED, None], Status.COMPLETED),
        ([Status.COMPLETED, Status.ON_SCHEDULE], Status.ON_SCHEDULE),
        ([Status.COMPLETED, Status.NOT_REPORTED], Status.ON_SCHEDULE),
        ([Status.NOT_REPORTED, Status.NOT_REPORTED], Status.NOT_REPORTED),
        ([Status.COMPLETED, Status.BEHIND, Status.NOT_REPORTED], Status.BEHIND),
        ([Status.COMPLETED, Status.LAGGING, Status.NOT_REPORTED], Status.LAGGING),
        ([Status.LAGGING, Status.BEHIND], Status.BEHIND),
    ],
)
def test_milestones_give_a_light_where_there_is_no_target(statuses, light):
    assert milestones_light(statuses) == light


@pytest.fixture
def promised(periods, item):
    """Item 7 with two flows, one completed and one behind, and a milestone that is done."""
    (unit,) = provinces(1)
    filed = {}
    for code, value in (("F01", 1200), ("F02", 100)):
        indicator = factories.IndicatorFactory(code=code, short_name=f"短名{code}")
        factories.TargetFactory(item=item, indicator=indicator, target_value=1200)
        factories.AssignmentFactory(unit=unit, indicator=indicator)
        filed[indicator] = value
    stand(unit, periods[9], filed, {milestone(item, scope_count=1): DONE})
    return ReportingUnit.objects.get(pk=unit.pk)


def test_an_item_shows_its_gravest_target_whatever_its_milestones_say(ministry, periods, promised):
    (one,) = board(ministry, periods[9], today=TODAY).items

    assert (one.light, one.n_by_status) == (Status.BEHIND, {Status.COMPLETED: 1, Status.BEHIND: 1})
    assert [(each.target.indicator.code, each.value, each.status) for each in one.targets] == [
        ("F01", 1200, Status.COMPLETED), ("F02", 100, Status.BEHIND),
    ]  # fmt: skip
    assert (one.n_milestones, one.n_milestones_done, one.n_milestones_late) == (1, 1, 0)


def test_a_month_closed_to_the_reader_gives_no_light_and_no_count(periods, promised):
    outsider = factories.person("CLERK", factories.UnitFactory())

    (one,) = board(outsider, periods[9], today=TODAY).items

    assert (one.light, [(each.value, each.status) for each in one.targets]) == (None, [(None, None), (None, None)])
    assert one.milestones[0].counts == StateCounts()


def test_a_published_month_is_the_same_for_everyone(ministry, periods, promised):
    publish(periods[9])
    outsider = factories.person("CLERK", factories.UnitFactory())
    period = ReportingMonth.objects.get(pk=periods[9].pk)

    theirs, ours = (board(person, period, today=TODAY).items[0] for person in (outsider, ministry))

    assert (theirs.light, theirs.milestones, [each.value for each in theirs.targets]) == (
        ours.light, ours.milestones, [each.value for each in ours.targets],
    )  # fmt: skip


def test_a_bureau_counts_its_own_states_before_publication(periods, promised):
    own = factories.person("LEAD", promised)

    assert standing(own, periods[9]).counts.n_done == 1


def test_the_board_is_ordered_and_narrowed_by_light(ministry, periods, promised):
    second = factories.ChapterFactory(number=2, heading="第二部分")
    for number in (9, 8):
        factories.ItemFactory(chapter=second, number=number)

    whole = board(ministry, periods[9], today=TODAY)

    assert [[one.item.number for one in chapter.items] for chapter in whole.chapters] == [[7], [8, 9]]
    assert whole.n_by_light == {Status.BEHIND: 1}
    assert [one.item.number for one in whole.lit(Status.BEHIND).items] == [7]
    assert whole.lit(Status.COMPLETED).chapters == ()
    assert [one.item.number for one in whole.only(9).items] == [9]


def test_the_board_costs_the_same_queries_for_1_and_12_items_and_units(ministry, periods, promised):
    few = _queries(ministry, periods[9])
    for number in range(8, 19):
        extra = factories.ItemFactory(number=number)
        one = milestone(extra, code=f"M{number:02d}-1")
        stand(factories.UnitFactory(), periods[9], {}, {one: DONE})

    assert _queries(ministry, periods[9]) == few


def _queries(person: User, period: ReportingMonth) -> int:
    permissions.access(person)
    board(person, period, today=TODAY)
    with CaptureQueriesContext(connection) as queries:
        board(person, period, today=TODAY)
    return len(queries)


# Pages -----------------------------------------------------------------------------------------


@pytest.fixture
def client_of_ministry(ministry: User, client: Client) -> Client:
    client.force_login(ministry)
    return client


def test_the_board_shows_item_light_target_and_milestones(client_of_ministry, promised):
    answer = client_of_ministry.get("/plan/?month=2007-09")

    page = answer.context["page"]
    assert [(one.light, one.n) for one in page.lights] == [(Status.BEHIND, 1)]
    assert [(part.ordinal, [one.item.number for one in part.items]) for part in page.parts] == [("一、", [7])]
    text = answer.content.decode()
    for words in ("养老保险", "培训就业司", "滞后", "短名F02", "100人", "<b>1</b>/1"):
        assert words in text


def test_the_board_is_narrowed_by_the_address_alone(client_of_ministry, promised):
    behind = client_of_ministry.get("/plan/?month=2007-09&light=behind").context["page"]
    completed = client_of_ministry.get("/plan/?month=2007-09&light=completed").context["page"]

    assert ([part.chapter.number for part in behind.parts], behind.kept_with_month) == ([1], (("light", "behind"),))
    assert (completed.parts, completed.n_items) == ((), 1)
    assert [(one.light, one.n, one.is_chosen) for one in completed.lights] == [
        (Status.BEHIND, 1, False), (Status.COMPLETED, 0, True),
    ]  # fmt: skip


def test_an_item_shows_targets_milestones_and_the_states_of_units(client_of_ministry, promised):
    answer = client_of_ministry.get("/plan/items/7/?month=2007-09")

    page = answer.context["page"]
    assert [(line.asked, line.line.done) for line in page.targets] == [
        ("目标 1,200人", "完成 100.0%"), ("目标 1,200人", "完成 8.3%"),
    ]  # fmt: skip
    (one,) = page.milestones
    assert (one.actors, one.scope, [(each.unit, each.delay) for each in one.units]) == (
        "省级单位", "各省级单位", [(promised, None)],
    )  # fmt: skip
    assert "/indicators/F01/?month=2007-09" in answer.content.decode()


def test_an_item_shows_what_the_notice_itself_says_under_the_summary(client_of_ministry, periods, item):
    before = client_of_ministry.get("/plan/items/7/?month=2007-09").content.decode()
    ItemText.objects.create(item=item, text="养老保险。先做甲。\n再做<b>乙</b>。", file_digest="0" * 64)

    text = client_of_ministry.get("/plan/items/7/?month=2007-09").content.decode()

    assert "通知原文" not in before
    assert "<p>养老保险。先做甲。</p><p>再做&lt;b&gt;乙&lt;/b&gt;。</p>" in text
    assert text.index(item.summary) < text.index("通知原文")


def test_a_level_shows_its_share_of_the_target_beside_the_increment_done(client_of_ministry, periods, item):
    stock = factories.IndicatorFactory(stock=True)
    factories.TargetFactory(item=item, indicator=stock, target_value=120, baseline_value=100)
    unit = factories.AssignmentFactory(indicator=stock).unit
    stand(unit, periods[9], {stock: 114})

    text = client_of_ministry.get("/plan/items/7/?month=2007-09").content.decode()

    assert ("完成 70.0%" in text, "占目标 95.0%" in text) == (True, True)


@pytest.mark.parametrize(
    "path", ["/plan/?light=green", "/plan/?month=2007-13", "/plan/items/99/?month=2007-09", "/plan/items/7/?month=x"]
)
def test_what_the_plan_does_not_have_is_not_found(client_of_ministry, promised, path):
    assert client_of_ministry.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/plan/", "/plan/items/7/"])
def test_before_the_first_month_is_due_the_board_says_so(client_of_ministry, promised, settings, path):
    settings.BUSINESS_DATE = date(2007, 1, 10)

    answer = client_of_ministry.get(path)

    assert "还没有可看的报告期" in answer.content.decode()


@pytest.mark.parametrize("path", ["/plan/?month=2007-09", "/plan/items/7/?month=2007-09"])
def test_a_bureau_reads_no_light_before_publication(client, promised, path):
    client.force_login(factories.person("CLERK", factories.UnitFactory()))

    text = client.get(path).content.decode()

    assert ("尚未发布" in text, "pill--behind" in text, "100人" in text) == (True, False, False)


@pytest.mark.parametrize("path", ["/plan/", "/plan/items/7/"])
@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_an_administrator_has_no_board(client, promised, path, role):
    client.force_login(factories.person(role))

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/plan/", "/plan/items/7/"])
def test_the_board_is_shown_without_inline_style_or_script(client_of_ministry, promised, path):
    text = client_of_ministry.get(path).content.decode()

    assert (" style=" in text, " onclick=" in text, text.count("<script>")) == (False, False, 0)


def test_an_item_tells_who_answers_for_it_and_how_its_milestones_went(
    client_of_ministry, ministry, planner, periods, item
):
    law = milestone(item, code="M07-1", actors=["M"], scope="NATIONAL", scope_count=1, frequency="QUARTERLY")
    committee = milestone(item, code="M07-2", scope_count=32, baseline_count=27)
    duties.assign_owner(item, user=ministry, department="法制司", starts_on=date(2007, 1, 1), by=planner)
    duties.exempt(committee, factories.UnitFactory(short_name="西藏"), reason="组成方案另定", by=planner)
    for number, note in ((3, "一审"), (6, "二审")):
        stand(factories.NationFactory(), periods[number], {}, {law: UNDER_WAY | {"note": note}})

    text = client_of_ministry.get("/plan/items/7/?month=2007-09").content.decode()

    for words in (
        "法制司",
        "一审",
        "二审",
        "历次报送 2 次",
        "本期未报",
        "<b>27</b>/31",
        "其中年初已有 27",
        "西藏不需完成：组成方案另定",
    ):
        assert words in text, words
    assert "/reports/2007-09/000000/#item.7" in text
    reader = Client()
    reader.force_login(factories.person("ANALYST"))
    assert "/reports/2007-09/000000/" not in reader.get("/plan/items/7/?month=2007-09").content.decode()


def test_what_is_reported_without_a_target_is_shown_without_a_verdict(client_of_ministry, ministry, periods, item):
    (unit,) = provinces(1)
    cleared = factories.IndicatorFactory(code="W01", unit_of_measure="YUAN", decimals=2, short_name="清偿拖欠")
    factories.AssignmentFactory(unit=unit, indicator=cleared)
    item.indicators.add(cleared)
    stand(unit, periods[9], {cleared: {"value": 5_000_000, "persons": 23_456}})

    (one,) = board(ministry, periods[9], today=TODAY).items

    assert [(row.indicator, row.value, row.status, row.rank) for row in one.reported] == [
        (cleared, 5_000_000, None, None)
    ]
    assert one.light is None
    for address in ("/plan/?month=2007-09", "/plan/items/7/?month=2007-09", f"/units/{unit.code}/?month=2007-09"):
        assert "500万元" in client_of_ministry.get(address).content.decode()
    for address in ("/plan/?month=2007-09", "/plan/items/7/?month=2007-09"):
        assert "2.3万人" in client_of_ministry.get(address).content.decode()
    progress = client_of_ministry.get("/api/v1/progress/?plan=2007&month=2007-09&unit=000000&indicator=W01").json()
    [row] = progress["results"]
    judged = ("target_value", "completion_rate", "pro_rata_target", "deviation", "status", "rank")
    assert [row[name] for name in judged] == [None] * 6
    assert (row["value"], row["n_due"], row["n_reported"]) == ("5000000", 1, 1)


def test_a_unit_tells_where_it_stands_in_its_milestones(client_of_ministry, planner, periods, item):
    (unit,) = provinces(1)
    ended, exempt = milestone(item, code="M07-1"), milestone(item, code="M07-2")
    milestone(item, code="M07-3")
    duties.exempt(exempt, unit, reason="没有这项业务", by=planner)
    late = milestone(factories.ItemFactory(number=8, heading="事业单位养老"), code="M08-1")
    stand(unit, periods[3], {}, {ended: UNDER_WAY | {"note": "起草"}})
    stand(unit, periods[9], {}, {ended: DONE | {"note": "印发"}, late: LATE})

    answer = client_of_ministry.get(f"/units/{unit.code}/?month=2007-09")

    parts = answer.context["page"].milestones
    assert [
        (part.item.number, part.n_done, part.n_overdue, part.n_silent, [one.milestone.code for one in part.milestones])
        for part in parts
    ] == [(7, 1, 0, 0, ["M07-1", "M07-3"]), (8, 0, 1, 0, ["M08-1"])]
    assert [state.note for state in parts[0].milestones[0].past] == ["起草", "印发"]
    assert "逾期" in answer.content.decode()


def test_the_milestones_of_a_unit_cost_the_same_queries_for_1_and_12(ministry, periods, item):
    (unit,) = provinces(1)
    stand(unit, periods[8], {}, {milestone(item, code="M07-1"): UNDER_WAY})

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            unit_milestones(ministry, periods[9], unit, today=TODAY)
        return len(captured)

    permissions.access(ministry)
    few = queries()
    stand(unit, periods[9], {}, {milestone(item, code=f"M07-{number}"): DONE for number in range(2, 13)})

    assert queries() == few == 2


def test_parts_of_a_unit_are_named_with_the_scope(item):
    assert [scope_words(milestone(item, parts=parts)) for parts in (1, 4)] == ["各省级单位", "各省级单位（每单位4项）"]
