"""Signing in and out through the client: what a person meets, and what a stranger does not learn."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.middleware import SEEN_AT
from accounts.models import AuditEntry, User
from accounts.signals import SIGNED_IN_AT
from tests import factories

LOGIN = "/accounts/login/"
PASSWORD = "Haizhu-Bridge-1933"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def clerk(db: None) -> User:
    user = factories.person("CLERK", factories.UnitFactory(code="440000"), username="gd_clerk")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, username: str = "gd_clerk", password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": username, "password": password, **more})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_a_person_signs_in_reaches_the_first_page_and_signs_out(client, clerk):
    assert client.get(LOGIN).status_code == 200

    answer = sign_in(client)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/accounts/profile/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert client.get("/accounts/profile/")["Location"] == LOGIN + "?next=/accounts/profile/"
    assert actions() == ["sign_in", "sign_out"]


def test_the_audit_trail_names_person_and_address(client, clerk):
    client.post(LOGIN, {"login": "gd_clerk", "password": PASSWORD}, REMOTE_ADDR="10.44.0.7")

    entry = AuditEntry.objects.get(action="sign_in")

    assert (entry.actor, entry.address) == (clerk, "10.44.0.7")


def test_signing_in_gives_the_session_a_new_id(client, clerk):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key

    sign_in(client)

    assert client.session.session_key != session.session_key


@pytest.mark.parametrize(
    ("next_page", "reached"),
    [
        ("/accounts/profile/", "/accounts/profile/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("\\\\evil.example", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_signing_in_leads_to_an_own_page_only(client, clerk, next_page, reached):
    assert sign_in(client, next=next_page)["Location"] == reached


def test_unknown_wrong_and_closed_accounts_are_answered_alike(clerk):
    closed = factories.UserFactory(username="left_one", is_active=False)
    closed.set_password(PASSWORD)
    closed.save()

    unknown = answer_to("nobody_1", PASSWORD)

    assert unknown == answer_to("gd_clerk", "wrong-Password-1") == answer_to("left_one", PASSWORD)
    assert unknown[0] == 200
    assert "用户名或密码不正确" in unknown[1]


def answer_to(username: str, password: str) -> tuple[int, str]:
    """Return status and body without the name itself and the random token."""
    answer = sign_in(Client(), username, password)
    body = answer.content.decode().replace(username, "NAME")
    return answer.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_a_failed_sign_in_records_known_names_only(client, clerk):
    sign_in(client, password="wrong")
    sign_in(client, username="my-Password-2007", password="gd_clerk")

    assert list(AuditEntry.objects.order_by("number").values_list("details", flat=True)) == [
        {"username": "gd_clerk"},
        {"known": False},
    ]


@pytest.mark.parametrize("username", ["gd_clerk", "nobody"])
def test_five_failures_lock_the_name_at_that_address_and_say_for_how_long(client, clerk, username):
    statuses = [sign_in(client, username, "wrong").status_code for _n in range(5)]

    locked = sign_in(client, username)

    assert statuses == [200, 200, 200, 200, 429]
    assert locked.status_code == 429
    assert 880 < int(locked["Retry-After"]) <= 900
    assert "请约 15 分钟后再试" in locked.content.decode()
    assert actions().count("sign_in.failed") == 5
    assert actions().count("sign_in.locked") == 1


def test_a_stranger_elsewhere_does_not_lock_the_bureau_out(client, clerk):
    for _n in range(6):
        client.post(LOGIN, {"login": "gd_clerk", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")

    assert sign_in(client).status_code == 302


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(client, clerk):
    for n in range(5):
        client.post(LOGIN, {"login": "gd_clerk", "password": "wrong"}, HTTP_X_FORWARDED_FOR=f"10.9.9.{n}")

    assert sign_in(client).status_code == 429


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_an_address_nobody_knows_is_no_obstacle(client, clerk, address):
    answer = client.post(LOGIN, {"login": "gd_clerk", "password": PASSWORD}, REMOTE_ADDR=address)

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("x" * 100_000, PASSWORD),
        ("gd_clerk", "p" * 2_000_000),
        ("gd_\x00clerk", PASSWORD),
        ("gd_clerk", PASSWORD + " "),
    ],
)
def test_hostile_input_is_refused_and_no_password_is_trimmed(client, clerk, username, password):
    assert sign_in(client, username, password).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_out_at_the_next_request(client, clerk):
    sign_in(client)
    services.deactivate(clerk, by=factories.person("SYSTEM_ADMIN"))

    assert client.get("/accounts/profile/").status_code == 302


def test_an_assigned_password_must_be_changed_before_anything_else(client, clerk):
    clerk.must_change_password = True
    clerk.save()
    sign_in(client)
    change = reverse("account_change_password")
    chosen = {"oldpassword": PASSWORD, "password1": "Baiyun-Hill-382", "password2": "Baiyun-Hill-382"}

    assert client.get("/accounts/profile/")["Location"] == change
    assert client.get(change).status_code == 200
    assert client.post(change, chosen).status_code == 302
    assert client.get("/accounts/profile/").status_code == 200
    assert User.objects.get(pk=clerk.pk).must_change_password is False
    assert actions()[-1] == "password.change"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Short-1", "10"),
        ("onlysmallletters", "三类"),
        (PASSWORD, "不能与当前密码相同"),
        ("Gd_clerk-2007", "相似"),
        ("password123", "三类"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(client, clerk, password, sentence):
    sign_in(client)

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    assert answer.status_code == 200
    assert sentence in " ".join(answer.context["form"].errors["password1"])


def test_changing_the_password_ends_sessions_elsewhere_and_tokens(client, clerk):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    services.create_token(clerk, name="程序", scope="READ", ttl=services.SIGN_IN_TOKEN_TTL)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "Baiyun-Hill-382", "password2": "Baiyun-Hill-382"},
    )

    assert client.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302
    assert clerk.auth_token_set.count() == 0


@pytest.mark.parametrize(("key", "seconds"), [(SEEN_AT, 31 * 60), (SIGNED_IN_AT, 12 * 60 * 60 + 1)])
def test_a_session_ends_when_idle_or_old_on_the_server(client, clerk, key, seconds):
    sign_in(client)
    client.get("/accounts/profile/")
    session = client.session
    session[key] -= seconds
    session.save()

    assert client.get("/accounts/profile/").status_code == 302


def test_a_session_cookie_ends_with_the_browser_and_is_closed_to_scripts(client, clerk):
    cookie = sign_in(client).cookies["sessionid"]

    assert (cookie["expires"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_a_fragment_after_the_session_signs_in_as_a_whole_page(client, db):
    answer = client.get(LOGIN, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/plan/?month=2007-10")

    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fplan%2F"


def test_the_demonstration_names_its_accounts_and_production_does_not(client, db, settings):
    unit = factories.UnitFactory(code="440000", short_name="广东")
    services.ensure_demo_account("sysadmin", role="SYSTEM_ADMIN", unit=unit.parent, display_name="系统管理员")
    services.ensure_demo_account("gd_clerk", role="CLERK", unit=unit, display_name="广东填报人")
    only_a_name = services.ensure_demo_account("lead", role="LEAD", unit=unit, display_name="负责人")
    only_a_name.set_unusable_password()
    only_a_name.save()

    shown = client.get(LOGIN)

    assert [account["username"] for account in shown.context["demo_accounts"]] == ["gd_clerk", "sysadmin"]
    assert "填写本单位报表" in shown.content.decode()
    settings.LOCAL = False
    assert "填写本单位报表" not in client.get(LOGIN).content.decode()


def test_the_sign_in_page_offers_the_other_language(client, db):
    client.cookies["django_language"] = "en"

    assert '<html lang="en"' in client.get(LOGIN).content.decode()


def test_a_second_factor_is_asked_for_once_set_up(client, clerk, code_of):
    TOTP.activate(clerk, SECRET)
    code = code_of(SECRET)

    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get("/accounts/profile/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get("/accounts/profile/").status_code == 200


def test_a_code_works_once(client, clerk, code_of):
    TOTP.activate(clerk, SECRET)
    code = code_of(SECRET)
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)
    first.post(reverse("mfa_authenticate"), {"code": code})

    refused = second.post(reverse("mfa_authenticate"), {"code": code})

    assert refused.status_code == 200
    assert refused.context["form"].errors["code"] == ["验证码不正确或已使用过。请等待下一个验证码后重试。"]


def test_guessing_codes_is_stopped(client, clerk, code_of):
    TOTP.activate(clerk, SECRET)
    sign_in(client)
    for _n in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})

    assert answer.context["form"].errors["code"] == ["尝试次数过多，请稍后再试。"]


def test_second_factor_secrets_are_sealed_in_the_database(clerk, code_of):
    TOTP.activate(clerk, SECRET)

    stored = Authenticator.objects.get(user=clerk).data["secret"]

    assert SECRET not in stored
    assert Authenticator.objects.get(user=clerk).wrap().validate_code(code_of(SECRET))


def test_a_second_factor_is_set_up_and_taken_off_after_asking_again(
    client, clerk, code_of, django_capture_on_commit_callbacks
):
    sign_in(client)
    activate = reverse("mfa_activate_totp")
    asked = client.get(activate)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))

    client.post(asked["Location"], {"password": PASSWORD})
    page = client.get(activate)
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(activate, {"code": code_of(secret)})

    assert client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0] != "****"
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert actions() == ["sign_in", *["second_factor.add"] * 2, *["second_factor.remove"] * 2]


def test_a_recovery_code_stands_in_for_a_lost_phone(client, clerk):
    TOTP.activate(clerk, SECRET)
    code = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    sign_in(client)

    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "mfa_index",
        "usersessions_list",
        "accounts:profile",
        "mfa_generate_recovery_codes",
    ],
)
def test_every_page_of_the_account_opens_in_both_languages(client, clerk, name):
    sign_in(client)
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        assert client.get(reverse(name), follow=True).status_code == 200


def test_the_library_offers_no_other_way_in(client, db):
    for path in ("signup/", "password/reset/", "email/", "login/code/", "social/login/"):
        assert client.get(f"/accounts/{path}").status_code in {302, 404}
        assert client.get(f"/accounts/{path}", follow=True).request["PATH_INFO"] in {LOGIN, f"/accounts/{path}"}


def test_other_devices_are_listed_and_signed_out(client, clerk):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)

    assert client.get(reverse("usersessions_list")).context["session_count"] == 2
    client.post(reverse("usersessions_list"))
    assert elsewhere.get("/accounts/profile/").status_code == 302
    assert client.get("/accounts/profile/").status_code == 200
