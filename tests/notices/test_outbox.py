"""Mails are rows that stand or fall with their event: urgent ones at once, the rest in one digest a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notices import outbox, preferences, telling
from notices.models import MailOut, Notice, NoticeKind, Preference
from notices.telling import Letter
from tests import factories
from tests.factories import UserFactory, shanghai

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 12)
WORDS = {"unit": "广东", "unit_en": "Guangdong", "month": "2007-09-01"}
SAID = {
    NoticeKind.RETURNED: {**WORDS, "by": "王"},
    NoticeKind.DUE_1: {**WORDS, "due_on": "2007-10-15"},
    NoticeKind.DUE_3: {**WORDS, "due_on": "2007-10-15"},
    NoticeKind.APPROVED: WORDS,
}


def told(person, kind=NoticeKind.RETURNED, n: int = 1, *, now=NOW, subject: str = "report:2007-09:440000") -> Notice:
    letter = Letter(
        [person.pk], key=f"decision:{n}", path="/reports/2007-09/440000/", words=SAID[kind], subject=subject
    )
    telling.tell(kind, [letter], now=now)
    return Notice.objects.get(recipient=person, kind=kind, key=letter.key)


# At once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "n_mails"),
    [(NoticeKind.RETURNED, 1), (NoticeKind.DUE_1, 1), (NoticeKind.DUE_3, 0), (NoticeKind.APPROVED, 0)],
)
def test_ux_44_only_a_return_and_the_last_day_are_mailed_at_once(mail_on, clerk, kind, n_mails):
    notice = told(clerk, kind)

    assert MailOut.objects.filter(kind="URGENT", notices=notice).count() == n_mails


def test_i_10_an_event_told_twice_is_one_mail(mail_on, clerk):
    told(clerk)
    told(clerk)

    assert MailOut.objects.count() == 1


def test_d_20_what_is_rolled_back_is_never_mailed(mail_on, clerk):
    with transaction.atomic():
        told(clerk)
        transaction.set_rollback(True)

    assert MailOut.objects.count() == 0


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}])
def test_who_cannot_be_reached_gets_a_notice_and_no_mail(mail_on, clerk, fields):
    for name, value in fields.items():
        setattr(clerk, name, value)
    clerk.save()

    assert told(clerk).mail is None


def test_without_mail_set_up_nothing_piles_up(clerk, settings):
    settings.MAIL_ON = False

    assert told(clerk).mail is None


@pytest.mark.parametrize("n", [1, 40])
def test_telling_costs_the_same_statements(mail_on, n, django_assert_num_queries):
    people = [UserFactory(email=f"{number}@gd.example").pk for number in range(n)]
    letter = Letter(people, key="due:1", path="/reports/", words=SAID[NoticeKind.DUE_1])

    with django_assert_num_queries(4):
        telling.tell(NoticeKind.DUE_1, [letter], now=NOW)


# The day's digest ------------------------------------------------------------------------------


def test_ux_44_a_person_gets_one_digest_a_day_and_none_without_news(mail_on, clerk):
    UserFactory(email="idle@gd.example")
    notices = {told(clerk, NoticeKind.APPROVED, n).pk for n in range(3)}

    assert outbox.gather_digests(now=NOW) == 1
    told(clerk, NoticeKind.APPROVED, 9)
    assert outbox.gather_digests(now=NOW) == 0
    digest = MailOut.objects.get()
    assert (digest.kind, digest.key, digest.recipient) == ("DIGEST", "digest:2007-10-12", clerk)
    assert set(digest.notices.values_list("pk", flat=True)) == notices
    assert outbox.gather_digests(now=NOW + timedelta(days=1)) == 1


def test_the_digest_waits_for_its_hour(mail_on, clerk):
    mail_on.MAIL_DIGEST_HOUR = 11
    told(clerk, NoticeKind.APPROVED)

    assert outbox.gather_digests(now=shanghai(2007, 10, 12, hour=10)) == 0
    assert outbox.gather_digests(now=shanghai(2007, 10, 12, hour=11)) == 1


def test_the_digest_leaves_out_what_is_read_done_mailed_old_or_unwanted(mail_on, clerk):
    read, done = told(clerk, NoticeKind.APPROVED, 1), told(clerk, NoticeKind.DUE_3, 2)
    told(clerk, NoticeKind.RETURNED, 3, subject="report:2007-08:440000")
    told(clerk, NoticeKind.APPROVED, 4, now=NOW - outbox.FRESH)
    telling.mark_read(clerk, now=NOW, only=[read.pk])
    telling.settle(done.subject, now=NOW)

    assert outbox.gather_digests(now=NOW) == 0
    told(clerk, NoticeKind.APPROVED, 5)
    Preference.objects.create(person=clerk, kind="APPROVED", by_mail=False)
    assert outbox.gather_digests(now=NOW) == 0


@pytest.mark.parametrize("n", [1, 12])
def test_gathering_costs_the_same_statements(mail_on, n, django_assert_num_queries):
    for number in range(n):
        told(UserFactory(email=f"{number}@gd.example"), NoticeKind.APPROVED)

    with django_assert_num_queries(5):
        assert outbox.gather_digests(now=NOW) == n


# What people want ------------------------------------------------------------------------------


def test_what_is_switched_off_comes_neither_way(mail_on, clerk, client):
    preferences.choose(clerk, by_inbox=[], by_mail=[], language="en")
    client.force_login(clerk)

    off, kept = told(clerk, NoticeKind.DUE_1, 1), told(clerk, NoticeKind.RETURNED, 2)

    assert (off.in_inbox, off.mail) == (False, None)
    assert kept.in_inbox
    assert kept.mail is not None
    assert [line.pk for line in client.get("/notices/").context["lines"]] == [kept.pk]
    assert '<span class="topbar__count">1<' in client.get("/notices/").content.decode()


def test_the_page_shows_and_keeps_what_is_wanted(mail_on, clerk, client):
    client.force_login(clerk)
    assert "不能关闭" in client.get("/notices/preferences/").content.decode()

    client.post("/notices/preferences/", {"inbox": ["DUE_3", "RUMOUR"], "mail": ["DUE_1"], "language": "en"})

    wanted = {one.kind: (one.by_inbox, one.by_mail) for one in preferences.choices_of(clerk)}
    assert wanted[NoticeKind.DUE_3] == (True, False)
    assert wanted[NoticeKind.DUE_1] == (False, True)
    assert wanted[NoticeKind.RETURNED] == (True, True)
    assert wanted[NoticeKind.REMINDED] == (True, False)
    assert NoticeKind.SECURITY not in wanted
    clerk.refresh_from_db()
    assert clerk.language == "en"
    client.post("/notices/preferences/", {"language": "xx"})
    clerk.refresh_from_db()
    assert clerk.language == "en"


def test_whoever_gets_no_notices_is_told_so(client):
    client.force_login(factories.person("AUDITOR"))

    assert "没有可以选择的通知" in client.get("/notices/preferences/").content.decode()


def test_an_analyst_chooses_how_to_hear_of_exports_and_of_nothing_else(analyst):
    assert {choice.kind for choice in preferences.choices_of(analyst)} == {
        "EXPORT_READY",
        "EXPORT_FAILED",
        "EXPORT_ENDED",
    }


def test_strangers_come_back_to_the_page_after_signing_in(client):
    answer = client.get("/notices/preferences/")

    assert answer["Location"] == "/accounts/login/?next=/notices/preferences/"


def test_switching_the_pages_language_switches_the_mails(clerk, client):
    client.force_login(clerk)

    client.post("/i18n/set-language/", {"language": "en", "next": "/notices/"})

    clerk.refresh_from_db()
    assert clerk.language == "en"


# What the database refuses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "RUMOUR"}, "notices_mail_kind_is_known"),
        ({"state": "LOST", "ended_at": NOW}, "notices_mail_state_is_known"),
        ({"key": ""}, "notices_mail_names_its_event"),
        ({"ended_at": NOW}, "notices_mail_ends_once"),
        ({"state": "DROPPED"}, "notices_mail_ends_once"),
        ({"state": "SENT", "ended_at": NOW, "n_attempts": 1}, "notices_mail_sent_went_somewhere"),
        ({"state": "SENT", "ended_at": NOW, "sent_to": "a@b.example"}, "notices_mail_sent_went_somewhere"),
        ({"state": "FAILED", "ended_at": NOW}, "notices_mail_failed_says_why"),
    ],
)
def test_an_impossible_mail_is_refused(clerk, fields, constraint):
    at = timezone.now()
    row = {"recipient": clerk, "kind": "URGENT", "key": "RETURNED:1", "created_at": at, "next_at": at, **fields}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MailOut.objects.bulk_create([MailOut(**row)])


def test_a_second_mail_of_one_event_is_refused_below_the_orm(mail_on, clerk):
    told(clerk)

    with (
        pytest.raises(IntegrityError, match="notices_mail_once_per_event"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO notices_mailout (id, recipient_id, kind, key, state, n_attempts, last_error, sent_to,"
            " created_at, next_at) SELECT gen_random_uuid(), recipient_id, kind, key, state, n_attempts, last_error,"
            " sent_to, created_at, next_at FROM notices_mailout"
        )


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "RUMOUR"}, "notices_preference_kind_is_known"),
        ({"kind": "RETURNED", "by_mail": False}, "notices_preference_keeps_the_mail"),
        ({"kind": "SECURITY", "by_mail": False}, "notices_preference_keeps_the_mail"),
        ({"kind": "RETURNED", "by_inbox": False}, "notices_preference_keeps_the_inbox"),
        ({"kind": "REMINDED", "by_inbox": False}, "notices_preference_keeps_the_inbox"),
    ],
)
def test_an_impossible_wish_is_refused(clerk, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Preference.objects.bulk_create([Preference(person=clerk, **fields)])


def test_a_person_wants_a_kind_in_one_way(clerk):
    Preference.objects.create(person=clerk, kind="DUE_3")

    with pytest.raises(IntegrityError, match="notices_preference_one_per_person_and_kind"), transaction.atomic():
        Preference.objects.bulk_create([Preference(person=clerk, kind="DUE_3", by_mail=False)])


def test_a_person_is_written_to_in_a_language_we_have(clerk):
    with pytest.raises(IntegrityError, match="accounts_user_language_is_known"), transaction.atomic():
        type(clerk).objects.filter(pk=clerk.pk).update(language="tlh")
