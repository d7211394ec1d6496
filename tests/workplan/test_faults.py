"""What cannot be read, and a database that is away: a page that says so, never a bare fault."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(ministry: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(ministry)
    return client


def _away(*_args: object, **_options: object) -> None:
    raise OperationalError("the server closed the connection unexpectedly")


@pytest.mark.parametrize("path", ["/indicators/%00/", "/units/44%000000/", "/plan/items/%00/"])
def test_a_nul_in_the_path_is_not_found(visitor, path):
    answer = visitor.get(path)

    assert (answer.status_code, "没有这个页面" in answer.content.decode()) == (404, True)


@pytest.mark.parametrize("query", ["/indicators/T01/?unit=%00", "/overview/?month=%00", "/review/?%00=1"])
def test_a_nul_in_the_query_is_refused_with_a_page(visitor, query):
    answer = visitor.get(query)

    assert (answer.status_code, "无法理解这个请求" in answer.content.decode()) == (400, True)


def test_i06_a_page_says_that_the_database_is_away(visitor, monkeypatch):
    monkeypatch.setattr("accounts.permissions.has_business_role", _away)

    answer = visitor.get("/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "数据库暂时没有应答，什么也没有改变。请稍后重试。" in answer.content.decode()


def test_i06_a_program_is_told_so_in_its_own_words(visitor, monkeypatch):
    monkeypatch.setattr("targets.api.page_of", _away)

    answer = visitor.get("/api/v1/plans/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["type"] == "urn:workplan:problem:no-database"


@pytest.mark.parametrize(("contact", "is_named"), [("信息中心 010-1234", True), ("", False)])
def test_a_fault_names_whom_to_call_where_somebody_is_set(visitor, monkeypatch, settings, contact, is_named):
    settings.SUPPORT_CONTACT = contact
    monkeypatch.setattr("accounts.permissions.has_business_role", lambda *_: 1 // 0)

    page = visitor.get("/").content.decode()

    assert (f"有问题请联系：{contact}" in page) is is_named
    assert ("有问题请联系" in page) is is_named


def test_another_fault_answers_its_number(visitor, monkeypatch):
    monkeypatch.setattr("accounts.permissions.has_business_role", lambda *_: 1 // 0)

    answer = visitor.get("/")

    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
