"""The inbox: only one's own, what is new first, read by following or by a button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from notices import telling
from notices.models import Notice, NoticeKind
from notices.telling import Letter
from tests import factories
from tests.factories import shanghai

pytestmark = pytest.mark.django_db

WORDS = {"unit": "广东", "unit_en": "Guangdong", "month": "2007-09-01"}


@pytest.fixture
def clerk(db):
    return factories.person("CLERK", factories.UnitFactory(code="440000", short_name="广东"), username="gd_clerk")


@pytest.fixture
def as_clerk(client: Client, clerk) -> Client:
    client.force_login(clerk)
    return client


def told(recipient, n: int = 1, **fields: object) -> list[Notice]:
    letters = [
        Letter([recipient.pk], key=f"decision:{number}", path=f"/reports/?n={number}", words=WORDS, **fields)
        for number in range(n)
    ]
    for hours, letter in enumerate(letters):
        telling.tell(NoticeKind.APPROVED, [letter], now=shanghai(2007, 9, 1) + timedelta(hours=hours))
    return list(Notice.objects.filter(recipient=recipient).order_by("id"))


def words(response) -> str:
    return response.content.decode()


def test_the_bell_counts_what_is_new(as_clerk, clerk):
    told(clerk, 3)

    page = words(as_clerk.get("/accounts/profile/"))

    assert '<span class="topbar__count">3<' in page


def test_what_is_new_comes_first(as_clerk, clerk):
    old, new = told(clerk, 2)
    telling.mark_read(clerk, now=shanghai(2007, 10, 1), only=[new.pk])

    lines = as_clerk.get("/notices/").context["lines"]

    assert [(line.pk, line.is_new) for line in lines] == [(old.pk, True), (new.pk, False)]
    assert lines[0].sentence == "广东2007年9月的报表已通过审核。"


def test_following_a_notice_leads_to_its_page_and_reads_it(as_clerk, clerk):
    (notice,) = told(clerk)

    answer = as_clerk.get(f"/notices/{notice.pk}/")

    assert answer.status_code == 302
    assert answer["Location"] == "/reports/?n=0"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_another_persons_notice_is_not_found_and_stays_unread(as_clerk, clerk):
    (notice,) = told(factories.UserFactory())

    assert as_clerk.get(f"/notices/{notice.pk}/").status_code == 404
    as_clerk.post("/notices/read/", {"notice": notice.pk})
    as_clerk.post("/notices/read/", {"all": "1"})

    notice.refresh_from_db()
    assert notice.read_at is None


def test_one_or_all_are_marked_as_read(as_clerk, clerk):
    first, *_others = told(clerk, 3)

    one = words(as_clerk.post("/notices/read/", {"notice": [first.pk, "x", "9" * 40]}, follow=True))
    assert "已标为已读：1 条。" in one
    rest = words(as_clerk.post("/notices/read/", {"all": "1"}, follow=True))
    assert "已标为已读：2 条。" in rest
    again = words(as_clerk.post("/notices/read/", {"all": "1"}, follow=True))
    assert "没有新的通知。" in again
    assert "全部标为已读" not in again


def test_an_empty_inbox_says_what_will_come(as_clerk):
    assert "没有通知" in words(as_clerk.get("/notices/"))


def test_reading_is_posted(as_clerk):
    assert as_clerk.get("/notices/read/").status_code == 405


@pytest.mark.parametrize("n", [1, 30])
def test_the_inbox_costs_the_same_queries(as_clerk, clerk, n, django_assert_num_queries):
    told(clerk, n)
    as_clerk.get("/notices/")

    with django_assert_num_queries(6):
        as_clerk.get("/notices/")


def test_the_inbox_is_paged(as_clerk, clerk):
    told(clerk, 31)

    assert len(as_clerk.get("/notices/").context["lines"]) == 30
    assert len(as_clerk.get("/notices/?page=2").context["lines"]) == 1


def test_strangers_are_sent_to_sign_in(client):
    assert client.get("/notices/")["Location"].startswith("/accounts/login/")
