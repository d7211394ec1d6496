"""What the database refuses of a notice."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from notices.models import Notice
from tests.factories import UserFactory, shanghai

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 12)


def a_notice(**fields: object) -> Notice:
    given = {"kind": "APPROVED", "key": "decision:1", "path": "/reports/", "words": {}, "created_at": NOW, **fields}
    return Notice(**{"recipient": UserFactory(), **given})


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "RUMOUR"}, "notices_notice_kind_is_known"),
        ({"key": ""}, "notices_notice_names_its_event"),
        ({"path": "//elsewhere.example/"}, "notices_notice_stays_on_portal"),
        ({"path": "https://elsewhere.example/"}, "notices_notice_stays_on_portal"),
        ({"path": "/\\elsewhere.example/"}, "notices_notice_stays_on_portal"),
        ({"path": ""}, "notices_notice_stays_on_portal"),
    ],
)
def test_an_impossible_notice_is_refused(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Notice.objects.bulk_create([a_notice(**fields)])


def test_a_second_notice_of_one_event_is_refused_below_the_orm():
    kept = a_notice()
    kept.save()

    with (
        pytest.raises(IntegrityError, match="notices_notice_once_per_event"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO notices_notice (recipient_id, kind, key, subject, path, words, created_at, in_inbox,"
            " open_subjects) SELECT recipient_id, kind, key, subject, path, words, created_at, in_inbox, open_subjects"
            " FROM notices_notice"
        )


def test_everybody_sees_their_own_notices_and_strangers_none():
    mine, other = a_notice(), a_notice()
    mine.save()
    other.save()

    assert list(Notice.objects.visible_to(mine.recipient)) == [mine]
    assert list(Notice.objects.visible_to(AnonymousUser())) == []
