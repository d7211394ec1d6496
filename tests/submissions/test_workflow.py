"""The workflow against its truth table: every status × verb × role × relation, the windows, four eyes, the picture."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from accounts.models import ReportingUnit, Role, User
from accounts.permissions import Access
from submissions import workflow
from submissions.models import Filing, MonthlyReport, ReportingMonth, ReportStatus, Verb
from workplan.lib.refusals import Refused

TODAY = date(2007, 10, 12)

#: Which states a step starts from, written down a second time on purpose.
FROM = {
    "SAVE": {"DRAFT", "RETURNED"},
    "SUBMIT": {"DRAFT", "RETURNED"},
    "WITHDRAW": {"SUBMITTED"},
    "APPROVE": {"SUBMITTED"},
    "RETURN": {"SUBMITTED"},
    "CORRECT": {"APPROVED"},
    "REOPEN": {"APPROVED"},
}
TO = {
    "SAVE": None,
    "SUBMIT": "SUBMITTED",
    "WITHDRAW": "DRAFT",
    "APPROVE": "APPROVED",
    "RETURN": "RETURNED",
    "CORRECT": "DRAFT",
    "REOPEN": "RETURNED",
}
RELATIONS = ("own", "parent", "child", "sibling", "nation")
MINISTRY = {("MINISTRY_REVIEWER", relation) for relation in RELATIONS}
#: Who may take it: the role, and where the unit it is held over stands to the report's unit.
WHO = {
    "SAVE": {("CLERK", "own"), ("LEAD", "own")} | MINISTRY,
    "SUBMIT": {("LEAD", "own")} | MINISTRY,
    "WITHDRAW": {("LEAD", "own")} | MINISTRY,
    "APPROVE": {("LEAD", "parent")} | MINISTRY,
    "RETURN": {("LEAD", "parent")} | MINISTRY,
    "CORRECT": {("LEAD", "own")} | MINISTRY,
    "REOPEN": MINISTRY,
}


def unit(code: str, parent: ReportingUnit | None = None) -> ReportingUnit:
    path = (parent.path if parent else "") + f"{code}."
    return ReportingUnit(
        code=code, short_name=code, path=path, parent=parent, kind="NATION" if parent is None else "PROVINCE"
    )


NATION = unit("000000")
PROVINCE = unit("440000", NATION)
PREFECTURE = unit("440100", PROVINCE)
UNITS = {
    "own": PREFECTURE,
    "parent": PROVINCE,
    "child": unit("440101", PREFECTURE),
    "sibling": unit("440200", PROVINCE),
    "nation": NATION,
}


def person(role: str, over: ReportingUnit) -> User:
    someone = User(username=f"{role}-{over.code}")
    someone._access = Access({role: frozenset({over.path})})
    return someone


def september(**dates: object) -> ReportingMonth:
    fields = {"month": date(2007, 9, 1), "opens_on": date(2007, 9, 1), "due_on": date(2007, 10, 8), **dates}
    return ReportingMonth(**fields)


def report(status: str = "DRAFT", *, of: ReportingUnit = PREFECTURE, **fields: object) -> MonthlyReport:
    return MonthlyReport(**{"unit": of, "period": september(), "status": status, **fields})


def refusal(verb: Verb, of: MonthlyReport, by: User, today: date = TODAY, comment: str = "原因") -> Refused:
    with pytest.raises(Refused) as refused:
        workflow.check_step(verb, of, by=by, today=today, comment=comment)
    return refused.value


# The table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", Verb)
def test_a_step_is_open_exactly_where_the_table_says(verb):
    cases = set(product(ReportStatus.values, Role.values, RELATIONS))

    is_open = {
        (status, role, relation)
        for status, role, relation in cases
        if workflow.may(verb, report(status), by=person(role, UNITS[relation]), today=TODAY)
    }

    assert is_open == {case for case in cases if case[0] in FROM[verb] and case[1:] in WHO[verb]}


@pytest.mark.parametrize("verb", Verb)
def test_a_step_leads_where_the_table_says(verb):
    assert workflow.STEPS[verb].target == TO[verb]


def test_the_lead_of_the_nation_reviews_no_province():
    over_all = person("LEAD", NATION)

    assert workflow.may(Verb.APPROVE, report("SUBMITTED", of=PROVINCE), by=over_all, today=TODAY) is False


@pytest.mark.parametrize("verb", Verb)
def test_a_stranger_is_refused_before_the_state_is_told(verb):
    stranger = person("CLERK", UNITS["sibling"])

    refused = refusal(verb, report("APPROVED"), stranger)

    assert (refused.code, refused.http_status) == ("not_permitted", 403)
    assert str(refused) == f"您的角色不能对这份报表执行“{verb.label}”。"


@pytest.mark.parametrize(
    ("verb", "status", "role", "sentence"),
    [
        (
            Verb.APPROVE,
            "RETURNED",
            "LEAD",
            "报表现为“已退回”，不能执行“通过”。填报单位现在可以直接修改；报送之后才进入审核。",
        ),
        (
            Verb.SAVE,
            "SUBMITTED",
            "MINISTRY_REVIEWER",
            "报表现为“待审核”，不能执行“保存”。如需修改，请本单位负责人撤回，或请审核人退回。",
        ),
        (
            Verb.SAVE,
            "APPROVED",
            "MINISTRY_REVIEWER",
            "报表现为“已通过”，不能执行“保存”。如需修改，请本单位负责人发起更正，或请部级审核人重新开放。",
        ),
    ],
)
def test_a_wrong_state_is_named_with_who_can_move_it_on(verb, status, role, sentence):
    refused = refusal(verb, report(status), person(role, PROVINCE))

    assert (refused.code, refused.http_status) == ("wrong_status", 409)
    assert str(refused) == sentence


def test_every_state_has_a_way_out():
    assert set(workflow.WAYS_OUT) == set(ReportStatus)


# Four eyes -------------------------------------------------------------------------------------


def test_nobody_approves_the_own_submission():
    reviewer = person("MINISTRY_REVIEWER", NATION)
    own = report("SUBMITTED", filing=Filing(submitted_by=reviewer))

    refused = refusal(Verb.APPROVE, own, reviewer)

    assert (refused.code, refused.http_status) == ("four_eyes", 403)
    assert str(refused) == "报送人不能审核自己报送的报表，请由另一人审核。"


def test_two_people_not_yet_stored_are_two():
    own = report("SUBMITTED", filing=Filing(submitted_by=person("MINISTRY_REVIEWER", NATION)))

    assert workflow.may(Verb.APPROVE, own, by=person("MINISTRY_REVIEWER", NATION), today=TODAY) is True


def test_the_own_submission_may_be_returned_and_withdrawn():
    reviewer = person("MINISTRY_REVIEWER", NATION)
    own = report("SUBMITTED", filing=Filing(submitted_by=reviewer))

    assert [workflow.may(verb, own, by=reviewer, today=TODAY) for verb in (Verb.RETURN, Verb.WITHDRAW)] == [True, True]


# Windows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "is_open"), [(date(2007, 8, 31), False), (date(2007, 9, 1), True)])
def test_a_month_is_filed_from_its_opening_on(today, is_open):
    assert workflow.may(Verb.SAVE, report(), by=person("CLERK", PREFECTURE), today=today) is is_open


def test_an_unopened_month_says_when_it_opens():
    refused = refusal(Verb.SAVE, report(), person("CLERK", PREFECTURE), today=date(2007, 8, 31))

    assert (refused.code, str(refused)) == ("month_closed", "2007年9月月报自 2007-09-01 起填报。")


CLOSED_AT = datetime(2007, 10, 20, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize(
    ("reopened_at", "is_locked"),
    [
        (None, True),
        (datetime(2007, 10, 19, tzinfo=UTC), True),  # the reopening before the last closing
        (datetime(2007, 10, 21, tzinfo=UTC), False),
    ],
)
def test_closing_holds_every_step_but_reopening(verb, reopened_at, is_locked):
    closed = september(closed_at=CLOSED_AT)
    status = min(FROM[verb])
    held = report(status, period=closed, reopened_at=reopened_at)

    is_open = workflow.may(verb, held, by=person("MINISTRY_REVIEWER", NATION), today=TODAY)

    assert is_open is (verb == "REOPEN" or not is_locked)


def test_a_closed_month_says_when_it_closed_in_shanghai():
    held = report(period=september(closed_at=CLOSED_AT))

    refused = refusal(Verb.SAVE, held, person("CLERK", PREFECTURE))

    assert refused.code == "month_closed"
    assert str(refused) == "2007年9月已于 2007-10-21 00:30 关闭。如需更正，请联系审核单位说明原因并重新开放。"


def test_a_wrong_state_in_a_closed_month_leads_to_the_ministry_alone():
    held = report("APPROVED", period=september(closed_at=CLOSED_AT))

    refused = refusal(Verb.SAVE, held, person("CLERK", PREFECTURE))

    assert str(refused) == (
        "报表现为“已通过”，不能执行“保存”。本月已经关闭或只供查看。如需修改，请部级审核人说明原因后重新开放。"
    )


@pytest.mark.parametrize("status", ReportStatus.values)
@pytest.mark.parametrize(("closed_at", "is_open"), [(None, {"APPROVED"}), (CLOSED_AT, set(ReportStatus.values))])
def test_reopening_frees_any_report_that_its_closed_month_holds(status, closed_at, is_open):
    held = report(status, period=september(closed_at=closed_at))

    may = workflow.may(Verb.REOPEN, held, by=person("MINISTRY_REVIEWER", NATION), today=TODAY)

    assert may is (status in is_open)


# Reasons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("comment", ["", "  \n"])
def test_return_correct_and_reopen_need_a_reason(verb, comment):
    of = report(min(FROM[verb]))
    by = person("MINISTRY_REVIEWER", NATION)

    if verb not in {"RETURN", "CORRECT", "REOPEN"}:
        workflow.check_step(verb, of, by=by, today=TODAY, comment=comment)
        return
    refused = refusal(verb, of, by, comment=comment)

    assert (refused.code, refused.http_status) == ("comment_required", 400)
    assert refused.errors() == [
        {"pointer": "/comment", "code": "comment_required", "message": f"“{verb.label}”须写明原因。"}
    ]


# The picture -----------------------------------------------------------------------------------


def test_the_picture_in_the_documents_is_drawn_from_the_table():
    document = Path(workflow.__file__).parent.parent / "docs" / "workflow.md"

    assert workflow.as_mermaid() in document.read_text(encoding="utf-8")


def test_the_picture_shows_every_move():
    moves = {line.strip() for line in workflow.as_mermaid().splitlines()[2:]}

    assert moves == {
        f"{source} --> {TO[verb]}: {verb.lower()}" for verb in FROM for source in FROM[verb] if TO[verb] is not None
    }
