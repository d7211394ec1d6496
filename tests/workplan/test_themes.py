"""Light and dark: chosen in the browser, kept there, and never a way out of the portal."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"


def test_a_choice_is_kept_and_the_page_comes_in_it(client: Client):
    answer = client.post("/theme/", {"theme": "dark", "next": SIGN_IN}, follow=True)

    assert answer.redirect_chain == [(SIGN_IN, 302)]
    assert 'data-bs-theme="dark"' in answer.content.decode()


def test_without_a_choice_the_page_follows_the_system(client: Client):
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": ""})

    assert "data-bs-theme" not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("cookie", ['"><script>', "Dark", "x" * 4000])
def test_a_forged_cookie_is_no_theme(client: Client, cookie):
    client.cookies["workplan_theme"] = cookie

    assert "data-bs-theme" not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_inside(client: Client, back):
    assert client.post("/theme/", {"theme": "light", "next": back})["Location"] == "/"


def test_looking_changes_nothing(client: Client):
    assert client.get("/theme/").status_code == 405
