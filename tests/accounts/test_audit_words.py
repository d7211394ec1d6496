"""Every action of the trail has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from accounts.audit_words import action_label, object_label

ROOT = Path(__file__).resolve().parents[2]
RECORDED = re.compile(r'audit\.record\(\s*"([a-z_.]+)"')


def test_every_action_written_in_the_code_has_words():
    apps = [ROOT / app for app in ("accounts", "notices", "targets", "submissions", "reporting")]
    sources = [path.read_text() for app in apps for path in app.rglob("*.py")]

    written = {action for source in sources for action in RECORDED.findall(source)}

    assert {action for action in written if action_label(action) == action} == set()


@pytest.mark.parametrize(
    ("action", "label"),
    [
        ("sign_in", "登录"),
        ("report.return.refused", "被拒绝：退回报表"),
        ("target.change", "修改：目标"),
        ("reportingunit.create", "新建：填报单位"),
        ("target.vanish", "target.vanish"),
        ("nothing.change", "nothing.change"),
    ],
)
def test_an_action_is_said_in_words_where_there_are_some(action, label):
    assert action_label(action) == label


def test_the_object_is_named_by_its_kind():
    assert object_label("accounts.User", "7") == "人员 7"
    assert object_label("", "") == ""


def test_words_follow_the_reader():
    with translation.override("en"):
        assert action_label("nothing.change") == "nothing.change"
