"""The audit trail: append-only for everyone, and telling on whoever gets past that."""

# ruff: noqa: S608 -- the statements are ours, and tampering needs raw SQL

from __future__ import annotations

import io
import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction

from accounts import audit
from accounts.models import AuditEntry
from tests import factories

LENGTH = 12


@pytest.fixture
def trail(db) -> list[AuditEntry]:
    actor = factories.UserFactory()
    for n in range(LENGTH):
        audit.record("report.save", by=actor, obj=actor, details={"version": n, "note": "一切正常"})
    return list(AuditEntry.objects.order_by("number"))


def as_superuser(*statements: str) -> None:
    """Do what only the database's superuser can: change rows with every trigger and constraint asleep."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def first_fault() -> str | None:
    return next(audit.faults(), None)


def test_an_untouched_trail_is_whole(trail):
    assert list(audit.faults()) == []
    assert [entry.number for entry in trail] == list(range(1, LENGTH + 1))


def test_an_empty_trail_is_whole(db):
    out = io.StringIO()

    call_command("verify_audit", stdout=out)

    assert out.getvalue() == "0 entries, none changed\n"


def test_the_command_prints_the_last_digest_for_safe_keeping(trail):
    out = io.StringIO()

    call_command("verify_audit", stdout=out)

    assert out.getvalue() == f"{LENGTH} entries, none changed, last digest {trail[-1].chain_digest}\n"


@pytest.mark.parametrize(
    "attempt",
    [
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(action="nothing"),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.all().delete(),
        lambda entry: entry.save(),
    ],
)
def test_entries_are_never_changed_or_deleted(trail, attempt):
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        attempt(trail[3])

    assert AuditEntry.objects.count() == LENGTH


def test_an_entry_stands_or_falls_with_the_act(trail):
    with transaction.atomic():
        audit.record("report.save", by=None)
        transaction.set_rollback(True)

    assert AuditEntry.objects.count() == LENGTH
    assert list(audit.faults()) == []


def test_numbers_and_digests_given_from_outside_do_not_count(trail):
    forged = AuditEntry(action="role.grant", number=99, chain_digest="0" * 64, signature="0" * 64)
    forged.save()
    forged.refresh_from_db()

    assert forged.number == LENGTH + 1
    assert forged.chain_digest != "0" * 64
    assert list(audit.faults()) == [f"{LENGTH + 1}: content does not match its signature"]


@pytest.mark.parametrize(
    "assignment",
    [
        "action = 'report.approve'",
        "actor_id = NULL",
        "details = '{}'",
        "address = '10.1.1.1'",
        "object_id = '1'",
        "at = at + interval '1 second'",
        "request_id = 'x'",
        "signature = repeat('0', 64)",
        "chain_digest = repeat('0', 64)",
    ],
)
@pytest.mark.parametrize("number", [1, 7, LENGTH])
def test_a_changed_entry_is_named(trail, number, assignment):
    as_superuser(f"UPDATE accounts_auditentry SET {assignment} WHERE number = {number}")

    assert first_fault().startswith(f"{number}: ")


@pytest.mark.parametrize("number", [1, 2, 7, LENGTH - 1])
def test_a_deleted_entry_is_named(trail, number):
    as_superuser(f"DELETE FROM accounts_auditentry WHERE number = {number}")

    assert first_fault() == f"{number}: missing"


def test_a_deleted_entry_is_named_even_when_the_rest_close_ranks(trail):
    as_superuser(
        "DELETE FROM accounts_auditentry WHERE number = 7",
        "UPDATE accounts_auditentry SET number = -number + 1 WHERE number > 7",
        "UPDATE accounts_auditentry SET number = -number WHERE number < 0",
    )

    assert first_fault() == "7: does not follow from the entry before it"


def test_an_inserted_entry_is_named(trail):
    as_superuser(
        "UPDATE accounts_auditentry SET number = -number - 1 WHERE number >= 5",
        "UPDATE accounts_auditentry SET number = -number WHERE number < 0",
        """INSERT INTO accounts_auditentry
               (number, at, actor_id, action, object_type, object_id, details, address, request_id,
                signature, chain_digest)
           SELECT 5, at, actor_id, action, object_type, object_id, details, address, request_id,
                  signature, chain_digest
             FROM accounts_auditentry WHERE number = 4""",
    )

    assert first_fault() == "5: does not follow from the entry before it"


@pytest.mark.parametrize(("first", "second"), [(1, 2), (4, 9), (LENGTH - 1, LENGTH)])
def test_reordered_entries_are_named(trail, first, second):
    as_superuser(
        f"UPDATE accounts_auditentry SET number = -{first} WHERE number = {first}",
        f"UPDATE accounts_auditentry SET number = {first} WHERE number = {second}",
        f"UPDATE accounts_auditentry SET number = {second} WHERE number = -{first}",
    )

    assert first_fault().startswith(f"{first}: ")


@pytest.mark.parametrize("seed", range(50))
def test_the_first_bad_entry_is_found_wherever_it_is(trail, seed):
    number = random.Random(seed).randrange(1, LENGTH)
    attempt = ["DELETE FROM accounts_auditentry", "UPDATE accounts_auditentry SET action = 'x'"][seed % 2]
    as_superuser(f"{attempt} WHERE number = {number}")

    with pytest.raises(CommandError, match=rf"changed\.\n{number}: "):
        call_command("verify_audit")


def test_another_key_finds_every_entry_unsigned(trail, settings):
    settings.AUDIT_KEY = "another"

    assert len(list(audit.faults())) == LENGTH


def test_a_signature_does_not_depend_on_how_the_moment_is_written(trail):
    entry = trail[0]
    signed = audit.signature(entry)
    entry.at = entry.at.astimezone(tz=None)

    assert audit.signature(entry) == signed
    entry.at += timedelta(microseconds=1)
    assert audit.signature(entry) != signed
