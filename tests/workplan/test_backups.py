"""Backups: made in one snapshot, checked without a database, brought back whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from psycopg2 import sql

from accounts import audit
from accounts.models import AuditEntry, ReportingUnit, User
from reporting import totals
from reporting.models import Total
from submissions.evidence import files as evidence
from submissions.models import EvidenceFile, Filing
from tests import factories
from tests.factories import shanghai
from tests.kept import kept_until_the_end
from tests.submissions.evidence_samples import pdf
from workplan.backups import database, folder, making
from workplan.backups.checking import check_backup
from workplan.backups.making import make_backup
from workplan.backups.manifest import DIGEST, MANIFEST, from_json
from workplan.backups.refusals import BackupRefused

pytestmark = pytest.mark.django_db

KEY = "k" * 50
NOW = shanghai(2007, 10, 12)


def filled() -> None:
    """File and approve one report with a paper, so that every kind of frozen row is there."""
    unit = factories.UnitFactory(code="440000", name="广东\t省\n第二行")
    indicator = factories.IndicatorFactory(code="T01")
    factories.AssignmentFactory(unit=unit, indicator=indicator)
    factories.TargetFactory(unit=unit, indicator=indicator)
    period = factories.MonthFactory(number=9)
    milestone = factories.MilestoneFactory(code="M01-1")
    clerk, lead = factories.person("CLERK", unit), factories.person("LEAD", unit)
    report = factories.file(unit, period, {"T01": "310000"}, by=clerk, now=NOW)
    evidence.add(report, milestone, name="通知.pdf", content=pdf(), by=clerk, now=NOW)
    reviewer = factories.person("MINISTRY_REVIEWER")
    factories.approved(unit, period, {"T01": "320000"}, by=lead, reviewer=reviewer, now=NOW)
    totals.refresh()


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """A portal with something in everything; what a test changes goes with the test."""
    store = tmp_path_factory.mktemp("store")
    with override_settings(FILES_DIR=store), kept_until_the_end(django_db_blocker):
        filled()
        connection.check_constraints()
        yield store


@pytest.fixture(scope="module")
def made(portal, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("backups") / "open"
    make_backup(target)
    return target


@pytest.fixture(scope="module")
def sealed(portal, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("backups") / "sealed"
    make_backup(target, key=KEY)
    return target


@pytest.fixture
def copied(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copied"))


@contextmanager
def emptied(tmp_path) -> Iterator[Path]:
    """Stand in another house: a database that is migrated and nothing else, and a store with nothing in it."""
    tables = [name for name in connection.introspection.table_names() if name not in database.FILLED_BY_MIGRATING]
    with transaction.atomic(), override_settings(FILES_DIR=tmp_path / "elsewhere"):
        with database.triggers_at_rest(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        yield tmp_path / "elsewhere"
        transaction.set_rollback(True)


def contents() -> dict[str, tuple[int, str]]:
    """Return number and digest of the rows of every table."""
    with transaction.atomic(), database.plain_formats():
        found = {name: database.content_of(database.shape_of(name)) for name in database.table_names()}
    return {name: (one.n_lines, one.sha256) for name, one in found.items()}


def refused(path: Path, key: str = "") -> str:
    with pytest.raises(BackupRefused) as refusal:
        check_backup(path, key=key)
    return str(refusal.value)


def restored(path: Path, **settings: str) -> None:
    with override_settings(**settings):
        call_command("restore", path)


def names_in(path: Path) -> list[str]:
    return sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())


# Making ----------------------------------------------------------------------------------------


def test_a_backup_counts_every_table_and_names_its_evidence(made):
    _, manifest = check_backup(made)
    paper = EvidenceFile.objects.get()
    last = AuditEntry.objects.latest("number")

    assert {name: table.n_rows for name, table in manifest.tables.items()} == {
        name: n_rows for name, (n_rows, _) in contents().items()
    }
    assert manifest.files[f"evidence/{paper.stored_as.hex[:2]}/{paper.stored_as.hex}"].content_sha256 == paper.digest
    assert (manifest.audit_head.number, manifest.audit_head.digest) == (last.number, last.chain_digest)
    assert set(manifest.migrations) == set(database.migrations())
    assert manifest.missing_evidence == ()


def test_sessions_and_cache_are_not_kept(made):
    kept = {Path(name).name.partition(".")[0] for name in names_in(made / "data")}

    assert kept.isdisjoint(database.LEFT_OUT)
    assert set(database.LEFT_OUT) < set(connection.introspection.table_names()) | {"workplan_cache"}


def test_the_same_portal_gives_the_same_rows(made, portal, tmp_path):
    again = make_backup(tmp_path / "again")

    assert again.tables == check_backup(made)[1].tables
    assert again.files == check_backup(made)[1].files


def test_nobody_else_may_read_a_backup(made):
    assert made.stat().st_mode & 0o077 == 0


def test_a_folder_with_something_in_it_is_never_written_to(portal, tmp_path):
    (tmp_path / "letter.txt").write_text("…")

    with pytest.raises(BackupRefused, match="exists already"):
        make_backup(tmp_path)

    assert names_in(tmp_path) == ["letter.txt"]


def test_an_empty_folder_is_taken(portal, tmp_path):
    (tmp_path / "today").mkdir()

    make_backup(tmp_path / "today")

    assert check_backup(tmp_path / "today")[1].n_evidence == 1


@pytest.mark.parametrize("nth", [0, 40, -1])
def test_a_full_disk_leaves_nothing(portal, made, tmp_path, monkeypatch, nth):
    n_files = len(check_backup(made)[1].files)
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > nth % n_files:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folder.os, "fsync", full)

    with pytest.raises(BackupRefused, match="No space left on device"):
        make_backup(tmp_path / "today")

    assert list(tmp_path.iterdir()) == []


def test_a_name_that_does_not_reach_the_disk_is_taken_back(portal, tmp_path, monkeypatch):
    def full(path: Path) -> None:
        if path == tmp_path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(making, "sync_folder", full)

    with pytest.raises(BackupRefused, match="Input/output error"):
        make_backup(tmp_path / "today")

    assert list(tmp_path.iterdir()) == []


def test_what_lies_beside_a_backup_is_not_looked_at(portal, tmp_path, monkeypatch):
    (tmp_path / "neighbour").mkdir()
    opened = []
    synced = folder.sync_folder
    for module in (folder, making):
        monkeypatch.setattr(module, "sync_folder", lambda path: (opened.append(path), synced(path)))

    make_backup(tmp_path / "today")

    assert tmp_path in opened
    assert tmp_path / "neighbour" not in opened


def test_an_interrupted_backup_leaves_nothing(portal, tmp_path, monkeypatch):
    def interrupted(self, manifest) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder.Folder, "write_manifest", interrupted)

    with pytest.raises(KeyboardInterrupt):
        make_backup(tmp_path / "today")

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_backup_leaves_is_not_accepted(copied):
    (copied / DIGEST).unlink()

    assert refused(copied) == f"{copied} is not a finished backup: {DIGEST} is missing."


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_store_is_told_and_the_rest_is_kept(portal, tmp_path, capsys, damage):
    stored_as = EvidenceFile.objects.get().stored_as.hex
    (tmp_path / "damaged" / stored_as[:2]).mkdir(parents=True)
    if damage == "changed":
        (tmp_path / "damaged" / stored_as[:2] / stored_as).write_bytes(b"other")

    with (
        override_settings(FILES_DIR=tmp_path / "damaged"),
        pytest.raises(CommandError, match=rf"1 evidence files as they were filed:\n{stored_as}"),
    ):
        call_command("backup", tmp_path / "today")

    call_command("verify_backup", tmp_path / "today")
    assert f"evidence {stored_as} was missing when the backup was made" in capsys.readouterr().out


# Checking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_one_changed_byte_in_any_file_is_seen_and_the_file_named(made, sealed, key):
    path = sealed if key else made
    unseen = []
    for name in names_in(path):
        content = (path / name).read_bytes()
        middle = len(content) // 2
        (path / name).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        if name not in refused(path, key):
            unseen.append(name)
        (path / name).write_bytes(content)

    assert unseen == []
    assert check_backup(path, key=key)[1].n_evidence == 1


@pytest.mark.parametrize("name", ["data/accounts_user.copy.gz", MANIFEST])
def test_a_missing_file_is_named(copied, name):
    (copied / name).unlink()

    assert f"{name} is missing" in refused(copied)


def test_a_cut_file_is_named_with_its_sizes(copied):
    path = copied / "data/targets_target.copy.gz"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-3])

    assert f"data/targets_target.copy.gz has {size - 3} bytes instead of {size}" in refused(copied)


def test_a_file_too_many_is_named(copied):
    (copied / "data" / "extra.copy.gz").write_bytes(b"")

    assert "data/extra.copy.gz does not belong to it" in refused(copied)


def test_swapped_files_are_named(copied):
    one, other = copied / "data/accounts_user.copy.gz", copied / "data/targets_item.copy.gz"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)

    told = refused(copied)

    assert "data/accounts_user.copy.gz has" in told
    assert "data/targets_item.copy.gz has" in told


def rewritten(path: Path, change) -> None:
    """Change the manifest and have its digest agree, as someone careless with a text editor might."""
    document = json.loads((path / MANIFEST).read_bytes())
    change(document)
    (path / MANIFEST).write_text(json.dumps(document))
    (path / DIGEST).write_text(f"{folder.digest_of(path / MANIFEST)}  {MANIFEST}\n")


def test_a_manifest_that_counts_otherwise_contradicts_itself(copied):
    rewritten(copied, lambda document: document["tables"]["accounts_user"].update(n_rows=1))

    assert "the manifest contradicts itself about accounts_user" in refused(copied)


def test_content_that_is_not_what_the_manifest_says_is_named(copied):
    def change(document):
        document["files"]["data/accounts_user.copy.gz"]["content_sha256"] = "0" * 64
        document["tables"]["accounts_user"]["sha256"] = "0" * 64

    rewritten(copied, change)

    assert "data/accounts_user.copy.gz does not hold what the manifest says" in refused(copied)


def test_a_table_without_its_file_is_named(copied):
    (copied / "data/accounts_user.copy.gz").unlink()
    rewritten(copied, lambda document: document["files"].pop("data/accounts_user.copy.gz"))

    assert "the manifest contradicts itself about accounts_user" in refused(copied)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1, "tables": []}', b"\xff"])
def test_what_is_no_manifest_is_refused_in_a_sentence(content):
    with pytest.raises(BackupRefused, match=r"cannot be read as a manifest|of format"):
        from_json(content)


def test_another_format_is_refused_by_name(copied):
    rewritten(copied, lambda document: document.update(format="workplan/backup/9"))

    assert refused(copied) == "The backup is of format workplan/backup/9; this version reads workplan/backup/1."


def test_what_is_no_folder_is_no_backup(tmp_path):
    assert refused(tmp_path / "nothing") == f"{tmp_path / 'nothing'} is not a folder."


# Sealed ----------------------------------------------------------------------------------------


def test_a_sealed_backup_shows_nothing(sealed):
    told = b"".join((sealed / name).read_bytes() for name in names_in(sealed))

    assert [name for name in names_in(sealed) if not name.endswith(".sealed")] == [DIGEST]
    assert [word for word in (b"workplan/backup", b"%PDF", b"accounts_user", pdf()) if word in told] == []


def test_a_sealed_backup_does_not_open_without_its_key(sealed):
    assert refused(sealed) == f"{sealed} is sealed. Set WORKPLAN_BACKUP_KEY to the key it was made with."
    assert "does not open: WORKPLAN_BACKUP_KEY is another one" in refused(sealed, "x" * 50)


def test_an_open_backup_is_read_by_who_has_a_key_too(made):
    assert check_backup(made, key=KEY)[1] == check_backup(made)[1]


def test_a_short_key_seals_nothing(portal, tmp_path):
    with pytest.raises(BackupRefused, match="shorter than 50 characters"):
        make_backup(tmp_path / "today", key="k" * 49)


# Restoring -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_everything_comes_back_as_it_was(portal, made, sealed, tmp_path, capsys, key):
    before, head, paper = contents(), database.audit_head(), EvidenceFile.objects.get()
    _, manifest = check_backup(sealed if key else made, key=key)

    with emptied(tmp_path) as store:
        restored(sealed if key else made, BACKUP_KEY=key)
        after = contents()
        entry = AuditEntry.objects.latest("number")

        assert {name for name in before if before[name] != after[name]} == {"accounts_auditentry"}
        assert (entry.action, entry.number) == ("backup.restored", head.number + 1)
        assert list(audit.faults()) == []
        assert moved_from(manifest.sequences) == {"accounts_auditentry_id_seq"}
        assert (store / paper.stored_as.hex[:2] / paper.stored_as.hex).read_bytes() == pdf()
        assert Total.objects.filter(value=320_000).exists()
    told = capsys.readouterr().out
    assert f"{head.number} entries, none changed" in told
    assert "Every stored total equals its recomputation." in told
    assert "0 published months are whole" in told


def moved_from(sequences: dict) -> set[str]:
    return {name for name, one in database.sequences().items() if sequences[name] != one}


def test_what_is_frozen_is_frozen_again(portal, made, tmp_path):
    with emptied(tmp_path):
        restored(made)
        filing = Filing.objects.get(submitted_at__isnull=False)

        with pytest.raises(DatabaseError), transaction.atomic():
            Filing.objects.filter(pk=filing.pk).update(note="…")
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditEntry.objects.all().delete()


def test_new_rows_take_new_keys(portal, made, tmp_path):
    highest = User.objects.latest("pk").pk
    with emptied(tmp_path):
        restored(made)

        assert factories.UserFactory(username="new").pk > highest


def test_a_database_with_anything_in_it_is_refused(portal, made):
    before = contents()

    with pytest.raises(CommandError, match=r"The database is not empty: accounts_auditentry, .* and \d+ more"):
        restored(made)

    assert contents() == before


def test_one_forgotten_row_is_enough_to_refuse(portal, made, tmp_path):
    with emptied(tmp_path):
        factories.NationFactory()

        with pytest.raises(CommandError, match="not empty: accounts_reportingunit, accounts_reportingunitevent"):
            restored(made)


def test_a_damaged_backup_restores_nothing(portal, copied, tmp_path):
    path = copied / "data/accounts_user.copy.gz"
    path.write_bytes(path.read_bytes()[:-1])

    with emptied(tmp_path) as store:
        with pytest.raises(CommandError, match="accounts_user"):
            restored(copied)

        assert (User.objects.count(), store.exists()) == (0, False)


def test_another_state_of_the_schema_is_told_by_name(portal, copied, tmp_path):
    rewritten(copied, lambda document: document["migrations"].__setitem__(0, "accounts.0099_another"))

    with emptied(tmp_path), pytest.raises(CommandError, match=r"Only the backup has: accounts\.0099_another"):
        restored(copied)


def test_tables_of_somebody_else_are_left_alone(portal, made, tmp_path, monkeypatch):
    with emptied(tmp_path):
        monkeypatch.setattr(connection.introspection, "table_names", lambda: ["letters"])

        with pytest.raises(CommandError, match="tables that are not the portal's"):
            restored(made)


def test_an_empty_database_is_migrated_first(portal, made, tmp_path, monkeypatch, capsys):
    names = [[], ["django_migrations"]]
    called = []
    monkeypatch.setattr(
        "workplan.management.commands.restore.call_command",
        lambda name, *given, **options: called.append(name),
    )

    with emptied(tmp_path):
        monkeypatch.setattr(connection.introspection, "table_names", lambda: names.pop(0))
        restored(made)

    assert called == ["migrate", "createcachetable", "verify_audit", "rebuild_totals", "verify_snapshots"]


def test_what_cannot_be_proved_is_not_kept(portal, made, tmp_path):
    with emptied(tmp_path) as store:
        with pytest.raises(CommandError, match=r"Nothing was restored\. The audit trail was changed\."):
            restored(made, AUDIT_KEY="another")

        assert ReportingUnit.objects.count() == 0
        assert names_in(store) == []


def test_a_row_lost_on_the_way_is_seen(portal, made, tmp_path, monkeypatch):
    copy_in = database.copy_in

    def losing(table, columns, source):
        copy_in(table, columns, source)
        if table == "targets_target":
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM targets_target")

    monkeypatch.setattr(database, "copy_in", losing)

    with emptied(tmp_path), pytest.raises(CommandError, match="targets_target: 0 rows instead of 1"):
        restored(made)


def test_a_row_that_points_to_none_is_refused_by_the_database(portal, made, tmp_path, monkeypatch):
    copy_in = database.copy_in

    def forgetting(table, columns, source):
        if table != "targets_item":
            copy_in(table, columns, source)

    monkeypatch.setattr(database, "copy_in", forgetting)

    with emptied(tmp_path), pytest.raises(CommandError, match=r"Nothing was restored\. .* violates foreign key"):
        restored(made)


def test_a_sequence_that_lags_is_seen(portal, made, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "set_sequences", lambda values: None)
    with connection.cursor() as cursor, emptied(tmp_path):
        cursor.execute("SELECT setval('accounts_user_id_seq', 1, false)")

        with pytest.raises(CommandError, match=r"other values\naccounts_user_id_seq: would give a key twice"):
            restored(made)


def test_evidence_of_somebody_else_is_not_overwritten(portal, made, tmp_path):
    stored_as = EvidenceFile.objects.get().stored_as.hex
    with emptied(tmp_path) as store:
        path = store / stored_as[:2] / stored_as
        path.parent.mkdir(parents=True)
        path.write_bytes(b"other")

        with pytest.raises(CommandError, match="is there already with other content"):
            restored(made)

        assert path.read_bytes() == b"other"


def test_evidence_that_is_there_already_is_taken(portal, made, tmp_path):
    with emptied(tmp_path) as store:
        shutil.copytree(portal, store)

        restored(made)

        assert names_in(store) == names_in(portal)
