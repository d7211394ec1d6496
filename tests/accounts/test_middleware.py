"""An assigned password comes before everything else, for people and for programs."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(client):
    person = factories.person("MINISTRY_REVIEWER", must_change_password=True)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_page_leads_to_the_password(newcomer):
    answer = newcomer.get("/overview/")

    assert (answer.status_code, answer.url) == (302, "/accounts/password/change/")


def test_a_program_is_told_so_in_its_own_words(newcomer):
    answer = newcomer.get("/api/v1/plans/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
