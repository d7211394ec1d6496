"""A reviewer's words on single cells over REST: sent with the verdict, read with the report, answered by the unit."""

from __future__ import annotations

import pytest

from submissions.models import CellComment
from tests.api.conftest import JUNE_FIGURES


@pytest.fixture
def handed_in(caller, june):
    """June of Guangdong, awaiting review."""
    lead = caller("gd_lead")
    lead.send("put", june(), {"version": 0, "figures": JUNE_FIGURES})
    assert lead.send("post", june() + "submit/", {"version": 1}).status_code == 200


COMMENTS = [
    {"indicator": "T01", "text": "与上月相比少了一万。", "suggested_value": "320000"},
    {"milestone": "M01-1", "text": "请附文号。"},
]


def test_comments_travel_with_the_verdict_and_stand_in_the_report(caller, june, handed_in):
    body = {"version": 2, "comment": "请核对。", "comments": COMMENTS}

    answer = caller("ministry").send("post", june() + "return/", body)

    assert answer.status_code == 200
    told = caller("gd_clerk").get_json(june())["comments"]
    assert [
        (one["indicator"], one["milestone"], one["text"], one["suggested_value"], one["reply"]) for one in told
    ] == [("T01", None, "与上月相比少了一万。", "320000", ""), (None, "M01-1", "请附文号。", None, "")]


def test_an_approval_may_comment_too_and_others_do_not_read_it(caller, june, handed_in):
    body = {"version": 2, "comments": COMMENTS[:1]}

    assert caller("ministry").send("post", june() + "approve/", body).json()["comments"][0]["indicator"] == "T01"

    assert caller("analyst").get_json(june())["comments"] == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([{"indicator": "T01"}], ("/comments/0/text", "text_missing")),
        ([{"indicator": "T99", "text": "x"}], ("/comments/0/indicator", "unknown_cell")),
        ([{"indicator": "T01", "suggested_value": "12万"}], ("/comments/0/suggested_value", "has_unit")),
        ([COMMENTS[0], COMMENTS[0]], ("/comments/1/indicator", "duplicate")),
        (["x"], ("/comments/0", "not_an_object")),
    ],
)
def test_a_comment_that_cannot_be_kept_is_named_and_nothing_is_decided(caller, june, handed_in, rows, fault):
    answer = caller("ministry").send("post", june() + "return/", {"version": 2, "comment": "x", "comments": rows})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [fault]
    assert caller("ministry").get_json(june())["status"] == "submitted"
    assert not CellComment.objects.exists()


@pytest.mark.parametrize("verb", ["submit", "withdraw", "correct", "reopen"])
def test_only_a_verdict_takes_comments(caller, june, handed_in, verb):
    answer = caller("ministry").send("post", f"{june()}{verb}/", {"version": 2, "comment": "x", "comments": []})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unknown_field"


def test_a_return_over_rest_needs_its_comment_even_beside_cells(caller, june, handed_in):
    answer = caller("ministry").send("post", june() + "return/", {"version": 2, "comments": COMMENTS})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "comment_required")


# Answers ---------------------------------------------------------------------------------------


@pytest.fixture
def returned(caller, june, handed_in):
    """June of Guangdong, back with two comments at its cells."""
    body = {"version": 2, "comment": "请核对。", "comments": COMMENTS}
    assert caller("ministry").send("post", june() + "return/", body).status_code == 200


def test_the_unit_answers_cell_by_cell_and_takes_an_answer_back(caller, june, returned):
    clerk = caller("gd_clerk")
    replies = [{"indicator": "T01", "text": " 已补。 "}, {"milestone": "M01-1", "text": "文号见附件。"}]

    answer = clerk.send("put", june(), {"version": 3, "replies": replies})

    assert answer.status_code == 200
    assert [one["reply"] for one in answer.json()["comments"]] == ["已补。", "文号见附件。"]
    answer = clerk.send("put", june(), {"version": 4, "replies": [{"milestone": "M01-1", "text": None}]})
    assert [one["reply"] for one in answer.json()["comments"]] == ["已补。", ""]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([{"indicator": "T11", "text": "x"}], ("/replies/0/indicator", "not_asked")),
        ([{"indicator": "M01-1", "text": "x"}], ("/replies/0/indicator", "not_asked")),
        ([{"indicator": 1, "text": "x"}], ("/replies/0/indicator", "not_asked")),
        ([{"text": "x"}], ("/replies/0/indicator", "one_cell")),
        ([{"indicator": "T01", "text": "x" * 2_001}], ("/replies/0/text", "too_long")),
        (
            [{"indicator": "T01", "text": "一"}, {"indicator": "T01", "text": "二"}],
            ("/replies/1/indicator", "duplicate"),
        ),
        ([{"indicator": "T01", "text": "一", "value": "1"}], ("/replies/0/value", "unknown_field")),
    ],
)
def test_an_answer_that_cannot_be_kept_is_named_and_nothing_is_saved(caller, june, returned, rows, fault):
    clerk = caller("gd_clerk")

    answer = clerk.send("put", june(), {"version": 3, "replies": rows, "note": "x"})

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [fault]
    assert clerk.get_json(june())["version"] == 3


def test_a_report_that_nobody_commented_has_nothing_to_answer(caller, june):
    answer = caller("gd_clerk").send("put", june(), {"version": 0, "replies": [{"indicator": "T01", "text": "x"}]})

    assert answer.json()["errors"][0]["code"] == "not_asked"
