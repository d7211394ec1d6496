"""A backup stands at one moment, whatever is written while it is made."""

from __future__ import annotations

import pytest

from workplan.backups import database
from workplan.backups.making import make_backup
from workplan.lib.locks import own_connection

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_written_meanwhile_is_in_none_of_the_tables(tmp_path, monkeypatch):
    other = own_connection()
    copied = []

    def copy_out(shape, sink):
        before(shape, sink)
        copied.append(shape.table)
        if copied == ["account_emailaddress"]:
            with other.cursor() as cursor:
                cursor.execute("INSERT INTO auth_group (name) VALUES ('late')")

    before = database.copy_out
    monkeypatch.setattr(database, "copy_out", copy_out)

    manifest = make_backup(tmp_path / "today")
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_group WHERE name = 'late'")
        n_written = cursor.fetchone()[0]
    other.close()

    assert (n_written, manifest.tables["auth_group"].n_rows) == (1, 0)
    assert copied.index("account_emailaddress") < copied.index("auth_group")
