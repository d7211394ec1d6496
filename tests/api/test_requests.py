"""What every address refuses, and how: workplan.lib.rest, strict_json and problems through the door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from accounts import services as people
from accounts.models import ApiToken
from accounts.rest import PerPersonThrottle
from tests.api.conftest import Caller

ADDRESS = "/api/v1/reports/2007-06/440000/"
NOT_FOUND = {
    "type": "urn:workplan:problem:not-found",
    "title": "找不到",
    "status": 404,
    "detail": "这个地址下没有您可以查看的内容。",
    "errors": [],
}


# Who asks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Bearer a b", "Bearer ï¼\x91", "Basic Z2Q6Z2Q=", "x"])
def test_r01_without_a_good_token_the_answer_is_401_with_a_challenge(country, header):
    program = Caller()
    if header is not None:
        program.credentials(HTTP_AUTHORIZATION=header)

    answer = program.get(ADDRESS)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "urn:workplan:problem:not-authenticated"


@pytest.mark.parametrize("place", ["?token={}", "?access_token={}", "cookie"])
def test_r01_a_token_outside_of_the_header_opens_nothing(country, people_of, place):
    made = people.create_token(people_of["gd_clerk"], name="", scope="WRITE", ttl=timedelta(hours=1))
    program = Caller()
    if place == "cookie":
        program.cookies["Authorization"] = f"Bearer {made.text}"

    answer = program.get(ADDRESS + ("" if place == "cookie" else place.format(made.text)))

    assert answer.status_code == 401


def test_r01_a_revoked_and_an_expired_token_are_refused(caller, country):
    program = caller("gd_clerk")
    ApiToken.objects.update(expiry="2007-01-01T00:00:00+08:00")
    expired = program.get(ADDRESS).status_code
    ApiToken.objects.all().delete()

    assert (expired, program.get(ADDRESS).status_code) == (401, 401)


def test_r06_a_deactivated_person_is_refused_on_the_next_request(caller, country, people_of):
    program = caller("gd_clerk")
    before = program.get(ADDRESS).status_code
    people_of["gd_clerk"].is_active = False
    people_of["gd_clerk"].save()

    assert (before, program.get(ADDRESS).status_code) == (200, 401)


def test_a_token_for_reading_does_not_write(caller, country):
    program = caller("gd_clerk", scope="READ")

    assert program.get(ADDRESS).status_code == 200
    assert program.put(ADDRESS, {"version": 0}, format="json").status_code == 403


def test_a_session_works_like_a_token_but_needs_the_csrf_token_to_write(country, people_of):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people_of["gd_clerk"], backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.get(ADDRESS).status_code == 200
    answer = browser.put(ADDRESS, {"version": 0}, content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


# Parameters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("reports/?month=2007-13", ["?month"]),
        ("reports/?month=", ["?month"]),
        ("reports/?month=2007-6", ["?month"]),
        ("reports/?month=abc", ["?month"]),
        ("reports/?month=0000-01", ["?month"]),
        ("reports/?month=99999999999-01", ["?month"]),
        ("reports/?status=%00", ["?status"]),
        ("reports/?status=", ["?status"]),
        ("reports/?status=DRAFT", ["?status"]),
        ("reports/?unit=%00", ["?unit"]),
        ("reports/?unit=１１００００", ["?unit"]),
        ("reports/?unit=999999", ["?unit"]),
        ("reports/?yaer=2026", ["?yaer"]),
        ("reports/?ordering=password", ["?ordering"]),
        ("reports/?fields=unit&include=audit", ["?fields", "?include"]),
        ("reports/?month=2007-06&month=2007-05", ["?month"]),
        ("reports/?page=0", ["?page"]),
        ("reports/?page=-1", ["?page"]),
        ("reports/?page=2", ["?page"]),
        ("reports/?page=1e3", ["?page"]),
        ("reports/?page=100000000000000000000000", ["?page"]),
        ("reports/?page_size=100000000", ["?page_size"]),
        ("reports/?page_size=0", ["?page_size"]),
        ("reports/?page_size=abc", ["?page_size"]),
        ("progress/?plan=abc", ["?plan"]),
        ("progress/?plan=", ["?plan"]),
        ("progress/?plan=2006", ["?plan"]),
        ("progress/?plan=99999999999", ["?plan"]),
        ("progress/?level=all", ["?level"]),
        ("progress/?basis=", ["?basis"]),
        ("progress/?indicator=T99", ["?indicator"]),
        ("progress/?indicator=t01", ["?indicator"]),
        ("progress/?month=2006-01", ["?month"]),
        ("progress/series/", ["?indicator"]),
        ("figures/?format=xml", ["?format"]),
        ("figures/?versions=2", ["?versions"]),
        ("plans/2007/targets/?unit=44", ["?unit"]),
        ("units/?level=1", ["?level"]),
        ("indicators/T01/?x=1", ["?x"]),
    ],
)
def test_r14_r15_r20_r27_parameters_are_refused_by_name(caller, country, path, names):
    answer = caller("ministry").get(f"/api/v1/{path}")

    assert answer.status_code == 400, answer.content
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == names


def test_a_query_on_a_verb_is_refused_like_any_other(caller, country):
    answer = caller("gd_lead").post(f"{ADDRESS}submit/?force=true", {"version": 0}, format="json")

    assert [error["pointer"] for error in answer.json()["errors"]] == ["?force"]


# Addresses and methods -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing/",
        "reports",
        "reports/2007-06/",
        "reports/2007-06/0/",
        "reports/2007-06/-1/",
        "reports/2007-06/100000000000000000000000/",
        "reports/2007-06/%00/",
        "reports/2007-06/44%000000/",
        "reports/2007-06/４４００００/",
        "reports/2007-06/999999/",
        "reports/2007-6/440000/",
        "reports/2007-00/440000/",
        "reports/0000-01/440000/",
        "reports/2007-06//440000/",
        "reports/2007-06/440000/delete/",
        "reports/2007-06/440000/..;/",
        "units/999999/",
        "units/710001/",
        "indicators/T99/",
        "indicators/t01/",
        "plans/1999/",
        "plans/0000/items/",
        "plans/2007/items/0/",
        "plans/2007/items/38/",
        "plans/2007/items/１/",
        "progress/series",
    ],
)
def test_r16_whatever_is_not_there_reads_the_same(caller, country, path):
    answer = caller("ministry").get(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_r16_an_unknown_address_tells_a_stranger_nothing(country, method):
    assert getattr(Caller(), method)("/api/v1/nothing/").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("patch", ADDRESS),
        ("delete", ADDRESS),
        ("post", ADDRESS),
        ("put", "/api/v1/reports/"),
        ("get", f"{ADDRESS}submit/"),
        ("put", f"{ADDRESS}submit/"),
        ("delete", "/api/v1/plans/2007/"),
        ("post", "/api/v1/units/440000/"),
        ("trace", ADDRESS),
    ],
)
def test_r17_a_method_that_is_not_there_executes_nothing(caller, country, method, path):
    answer = caller("ministry").generic(method.upper(), path, b'{"version": 0}', content_type="application/json")

    assert answer.status_code == 405
    assert answer["Allow"] != ""
    assert answer.json()["type"] == "urn:workplan:problem:method-not-allowed"


def test_r17_a_method_is_not_overridden(caller, country):
    answer = caller("gd_clerk").post(ADDRESS, {"version": 0}, format="json", headers={"X-HTTP-Method-Override": "PUT"})

    assert answer.status_code == 405


def test_options_and_head_answer_without_a_body(caller, country):
    program = caller("gd_clerk")

    options, head = program.options(ADDRESS), program.head(ADDRESS)

    assert (options.status_code, options["Allow"]) == (204, "GET, PUT, HEAD, OPTIONS")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "application/json;q=0.1", "x", ""])
def test_r19_the_answer_is_json_whatever_is_asked_for(caller, country, accept):
    answer = caller("gd_clerk").get(ADDRESS, headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_r23_one_persons_pace_does_not_slow_the_others(caller, country, monkeypatch):
    monkeypatch.setattr(PerPersonThrottle, "rate", "3/min")
    fast, other = caller("gd_clerk"), caller("hl_clerk")

    answers = [fast.get("/api/v1/plans/") for _n in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 61
    assert answers[3].json()["type"] == "urn:workplan:problem:throttled"
    assert other.get("/api/v1/plans/").status_code == 200


# Problems --------------------------------------------------------------------------------------


def test_a_problem_speaks_the_language_asked_for_and_keeps_its_type(caller, country):
    answer = caller("gd_clerk").get("/api/v1/reports/?month=abc", headers={"Accept-Language": "en"})

    with translation.override("en"):
        assert answer["Content-Language"] == "en"
    assert answer.json()["type"] == "urn:workplan:problem:invalid"


def test_a_fault_of_ours_answers_its_number_and_no_more(caller, country, monkeypatch):
    monkeypatch.setattr("targets.api.page_of", lambda *args, **kwargs: 1 // 0)

    answer = caller("gd_clerk").get("/api/v1/plans/")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["request_id"] == answer["X-Request-ID"]
    assert "division" not in answer.content.decode()
