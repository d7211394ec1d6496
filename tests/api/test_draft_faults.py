"""What is wrong with a draft is answered at once: names that are none, values, rows."""

import pytest

pytestmark = pytest.mark.django_db


def test_every_fault_of_a_draft_is_answered_at_once(caller, country, june):
    body = {
        "version": "three",
        "organisation": "440000",
        "figures": [{"indicator": "T01", "value": "12万", "status": "approved", "by": "me"}, {"indicator": "T99"}],
        "milestones": [{"milestone": "M01-1", "state": "done", "by": "me"}],
        "replies": [{"indicator": "T01", "text": "已更正。", "by": "me"}],
        "note": 7,
    }

    answer = caller("gd_clerk").send("put", june(), body)

    assert answer.status_code == 400
    assert sorted((error["pointer"], error["code"]) for error in answer.json()["errors"]) == [
        ("/figures/0/by", "unknown_field"),
        ("/figures/0/status", "unknown_field"),
        ("/figures/0/value", "has_unit"),
        ("/figures/1/indicator", "unknown_indicator"),
        ("/milestones/0/by", "unknown_field"),
        ("/milestones/0/state", "unknown_state"),
        ("/note", "invalid"),
        ("/organisation", "unknown_field"),
        ("/replies/0/by", "unknown_field"),
        ("/replies/0/indicator", "not_asked"),
        ("/version", "invalid"),
    ]
    assert answer.json()["detail"] == "请求有 11 处错误，未执行。"
