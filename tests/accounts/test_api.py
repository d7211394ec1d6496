"""Tokens over REST: obtaining, using and ending them, and what does not count as one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response

from accounts import services
from accounts.api import FailedSignIns
from accounts.models import ApiToken, AuditEntry, User
from accounts.rest import Resource
from tests import factories

TOKENS = "/api/v1/tokens/"
PASSWORD = "Haizhu-Bridge-1933"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Echo(Resource):
    """Answers who asks, to read and to write."""

    def get(self, request):
        return Response({"username": request.user.username})

    post = get


urlpatterns = [path("echo/", Echo.as_view())]


@pytest.fixture
def clerk(db) -> User:
    cache.clear()
    user = factories.person("CLERK", factories.UnitFactory(code="440000"), username="gd_clerk")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def echo(settings):
    settings.ROOT_URLCONF = __name__
    return "/echo/"


def ask(client, **given):
    body = {"username": "gd_clerk", "password": PASSWORD} | given
    return client.post(TOKENS, {name: text for name, text in body.items() if text is not None}, "application/json")


def bearer(text: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}


def token_of(user: User, **more: object) -> str:
    options = {"name": "程序", "scope": "WRITE", "ttl": timedelta(days=1)} | more
    return services.create_token(user, **options).text


def test_a_token_is_obtained_with_name_and_password_and_ended(client, clerk, settings):
    answer = ask(client)
    granted = answer.json()

    assert answer.status_code == 201
    assert sorted(granted) == ["expires_at", "token"]
    assert datetime.fromisoformat(granted["expires_at"]) - timezone.now() > timedelta(hours=11)

    assert client.delete(TOKENS + "current/", **bearer(granted["token"])).status_code == 204
    assert client.delete(TOKENS + "current/", **bearer(granted["token"])).status_code == 401
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == [
        "token.create",
        "token.revoke",
    ]


def test_unknown_wrong_and_closed_are_answered_alike(client, clerk):
    factories.UserFactory(username="left", is_active=False).set_password(PASSWORD)

    answers = [
        ask(client, username="nobody"),
        ask(client, password="wrong"),
        ask(client, username="left"),
        ask(client, password=PASSWORD + " "),
    ]

    assert {(answer.status_code, answer.content, answer["WWW-Authenticate"]) for answer in answers} == {
        (401, answers[0].content, "Bearer")
    }


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"password": None}, [("/password", "required")]),
        ({"username": None}, [("/username", "required")]),
        ({"scope": "WRITE"}, [("/scope", "unknown_field")]),
        ({"username": 7}, [("/username", "invalid")]),
        ({"username": "gd\x00clerk"}, [("/username", "forbidden_character")]),
        ({"password": "p" * 1_001}, [("/password", "max_length")]),
    ],
)
def test_a_malformed_request_names_its_faults(client, clerk, given, faults):
    answer = ask(client, **given)

    assert answer.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == faults


def test_failures_lock_the_name_as_on_the_sign_in_page(client, clerk):
    statuses = [ask(client, password="wrong").status_code for _n in range(5)]

    locked = ask(client)

    assert statuses == [401, 401, 401, 401, 429]
    assert locked.status_code == 429
    assert locked["Content-Type"] == "application/problem+json"
    assert int(locked["Retry-After"]) > 880


@pytest.fixture
def three_an_hour(monkeypatch):
    """A pace that a test can wear out before any clock moves on."""
    monkeypatch.setattr(FailedSignIns, "THROTTLE_RATES", {"tokens": "3/hour"})


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(client, clerk, three_an_hour):
    assert [ask(client).status_code for _n in range(5)] == [201] * 5


def test_failures_of_one_address_are_counted_over_all_names(client, clerk, three_an_hour):
    guesses = [ask(client, username=f"name{n}", password="wrong").status_code for n in range(3)]

    slowed = ask(client)

    assert guesses == [401] * 3
    assert (slowed.status_code, slowed.json()["type"]) == (429, "urn:workplan:problem:throttled")
    assert int(slowed["Retry-After"]) > 60


def test_success_forgets_earlier_failures(client, clerk):
    for _round in range(2):
        assert [ask(client, password="wrong").status_code for _n in range(4)] == [401] * 4
        assert ask(client).status_code == 201


def test_a_second_factor_is_needed_where_it_is_set_up(client, clerk, code_of):
    TOTP.activate(clerk, SECRET)

    assert ask(client).status_code == 401
    assert ask(client, otp="000000").status_code == 401
    assert ask(client, otp=code_of(SECRET)).status_code == 201


def test_guessing_codes_locks_like_guessing_passwords(client, clerk):
    TOTP.activate(clerk, SECRET)

    assert [ask(client, otp="000000").status_code for _n in range(5)] == [401, 401, 401, 401, 429]


def test_an_assigned_password_obtains_no_token(client, clerk):
    clerk.must_change_password = True
    clerk.save()

    answer = ask(client)

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:workplan:problem:not-permitted")


def test_a_token_acts_for_its_person(client, clerk, echo, django_assert_num_queries):
    text = token_of(clerk)

    with django_assert_num_queries(1):
        assert client.get(echo, **bearer(text)).json() == {"username": "gd_clerk"}


def test_a_token_for_reading_does_not_write(client, clerk, echo):
    text = token_of(clerk, scope="READ")

    assert client.get(echo, **bearer(text)).status_code == 200
    assert client.post(echo, **bearer(text)).status_code == 403


def test_a_token_for_reading_may_end_itself(client, clerk):
    assert client.delete(TOKENS + "current/", **bearer(token_of(clerk, scope="READ"))).status_code == 204


@pytest.mark.parametrize("spoil", ["expire", "revoke", "deactivate", "change", "reset"])
def test_a_token_ends_at_once(client, clerk, echo, sysadmin, secadmin, spoil):
    text = token_of(clerk)
    token = ApiToken.objects.get()
    {
        "expire": lambda: ApiToken.objects.update(expiry=timezone.now()),
        "revoke": lambda: services.revoke_token(token, by=clerk),
        "deactivate": lambda: services.deactivate(clerk, by=sysadmin),
        "change": lambda: services.change_password(clerk, "Baiyun-Hill-382"),
        "reset": lambda: services.reset_password(clerk, by=secadmin),
    }[spoil]()

    answer = client.get(echo, **bearer(text))

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_of_a_closed_account_is_refused(client, clerk, echo):
    text = token_of(clerk)
    User.objects.update(is_active=False)

    assert client.get(echo, **bearer(text)).status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer a b", "Bearer \xff\xfe", "Bearer " + "f" * 64, "Token {text}", "{text}"],
)
def test_what_is_no_bearer_token_is_refused(client, clerk, echo, header):
    given = header.format(text=token_of(clerk))

    assert client.get(echo, HTTP_AUTHORIZATION=given).status_code == 401


def test_a_token_in_the_address_or_a_cookie_does_not_count(client, clerk, echo):
    text = token_of(clerk)
    client.cookies["Authorization"] = f"Bearer {text}"

    assert client.get(echo).status_code == 401
    assert client.get(f"{echo}?token={text}").status_code == 401
    assert client.get(f"{echo}?access_token={text}").status_code == 401


def test_a_session_ends_no_token(client, clerk):
    client.force_login(clerk)

    assert client.delete(TOKENS + "current/").json()["type"] == "urn:workplan:problem:not-a-token"


# The profile page ------------------------------------------------------------------------------


def test_a_token_made_on_the_profile_is_shown_once(client, clerk):
    client.force_login(clerk)
    form = {"name": "每月上报程序", "scope": "READ", "days": "90"}

    page = client.post("/accounts/profile/tokens/", form)
    text = page.context["new_token"].text

    assert text in page.content.decode()
    assert text not in client.get("/accounts/profile/").content.decode()
    assert ApiToken.objects.get().scope == "READ"


@pytest.mark.parametrize(
    "form", [{}, {"name": "x", "scope": "ALL", "days": "90"}, {"name": "x", "scope": "READ", "days": "9"}]
)
def test_an_incomplete_token_is_not_made(client, clerk, form):
    client.force_login(clerk)

    assert client.post("/accounts/profile/tokens/", form).status_code == 422
    assert ApiToken.objects.count() == 0


def test_a_person_revokes_own_tokens_only(client, clerk):
    own, foreign = token_of(clerk), token_of(factories.UserFactory())
    digests = {token.user.username: token.pk for token in ApiToken.objects.select_related("user")}
    client.force_login(clerk)

    statuses = [
        client.post(f"/accounts/profile/tokens/{digests[name]}/revoke/").status_code for name in sorted(digests)
    ]

    assert sorted(statuses) == [302, 404]
    assert own != foreign
    assert [token.user.username for token in ApiToken.objects.select_related("user")] != ["gd_clerk"]
