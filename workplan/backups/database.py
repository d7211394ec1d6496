"""What the database holds: tables, sequences, migrations, the audit trail's head; rows out and in by COPY.

Only what every PostgreSQL from 15 on understands, and what the owner of the tables may do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from psycopg2 import sql

from accounts.models import AuditEntry
from workplan.backups.folder import Sink, Source, Tally
from workplan.backups.manifest import AuditHead, Sequence

#: Not kept: a thief of the backup would be signed in, and what is cached is made anew.
LEFT_OUT = ("django_session", "usersessions_usersession", "workplan_cache")

#: Filled by `migrate` itself; a database that holds nothing else is empty.
FILLED_BY_MIGRATING = ("auth_permission", "django_content_type", "django_migrations")

#: How values are written, whatever the server's or the role's own settings are.
_FORMATS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "client_encoding": "UTF8",
}

_TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
 ORDER BY relname COLLATE "C"
"""

#: What COPY writes and reads back: no column that the database computes. The order is that of the primary key.
_COLUMNS = """
SELECT a.attname, a.attcollation <> 0, array_position(i.indkey::int2[], a.attnum)
  FROM pg_attribute a
  LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 ORDER BY a.attnum
"""

_SEQUENCES = """
SELECT s.relname, t.relname, a.attname
  FROM pg_class s
  LEFT JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_class t ON t.oid = d.refobjid
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE s.relnamespace = current_schema()::regnamespace AND s.relkind = 'S'
 ORDER BY s.relname COLLATE "C"
"""

_TRIGGERS = """
SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relnamespace = current_schema()::regnamespace
 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Shape:
    """A table's columns as they are copied, and those its rows are ordered by (with: is it a text)."""

    table: str
    columns: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]


@contextmanager
def plain_formats() -> Iterator[None]:
    """Have values written alike inside, on every server; within a transaction, and to its end at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_FORMATS)])
        before = dict(cursor.fetchall())
        for name, value in _FORMATS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield
        for name, value in before.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def table_names() -> list[str]:
    """Return the tables that a backup holds, by name."""
    return [name for name in _all_tables() if name not in LEFT_OUT]


def _all_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def shape_of(table: str) -> Shape:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [connection.ops.quote_name(table)])
        rows = cursor.fetchall()
    ordered = sorted((place, name, is_text) for name, is_text, place in rows if place is not None)
    order = [(name, is_text) for _, name, is_text in ordered] or [(name, is_text) for name, is_text, _ in rows]
    return Shape(table, tuple(name for name, _, _ in rows), tuple(order))


def copy_out(shape: Shape, sink: Sink) -> None:
    """Write the rows of a table, in an order that no collation moves."""
    order = [
        sql.SQL('{} COLLATE "C"').format(sql.Identifier(name)) if is_text else sql.Identifier(name)
        for name, is_text in shape.order
    ]
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _names(shape.columns), sql.Identifier(shape.table), sql.SQL(", ").join(order)
    )
    _copy(statement, sink)


def copy_in(table: str, columns: tuple[str, ...], source: Source) -> None:
    _copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns)), source)


def content_of(shape: Shape) -> Tally:
    """Return number and digest of a table's rows as they stand."""
    tally = Tally()
    copy_out(shape, tally)
    return tally


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def _copy(statement: sql.Composed, file: Sink | Source) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, file)


# Sequences -------------------------------------------------------------------------------------


def sequences() -> dict[str, Sequence]:
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        found = {}
        for name, _, _ in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name)))
            found[name] = Sequence(*cursor.fetchone())
        return found


def set_sequences(values: dict[str, Sequence]) -> None:
    with connection.cursor() as cursor:
        for name, one in values.items():
            quoted = connection.ops.quote_name(name)
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [quoted, one.last_value, one.is_called])


def sequences_behind() -> list[str]:
    """Return the sequences that would give a key a second time."""
    behind = []
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        for name, table, column in cursor.fetchall():
            if table is None:
                continue
            statement = sql.SQL(
                "SELECT coalesce(max({}), 0) > CASE WHEN is_called THEN last_value ELSE last_value - 1 END"
                "  FROM {} RIGHT JOIN {} AS sequence ON true GROUP BY last_value, is_called"
            ).format(sql.Identifier(column), sql.Identifier(table), sql.Identifier(name))
            cursor.execute(statement)
            if cursor.fetchone()[0]:
                behind.append(name)
    return behind


# State -----------------------------------------------------------------------------------------


def migrations() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY (app || '.' || name) COLLATE \"C\"")
        return tuple(name for (name,) in cursor.fetchall())


def audit_head() -> AuditHead:
    last = AuditEntry.objects.order_by("-number").first()
    return AuditHead(last.number, last.chain_digest) if last is not None else AuditHead(0, "")


def server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        return str(cursor.fetchone()[0])


def filled_tables() -> list[str]:
    """Return the tables with rows, other than those that `migrate` fills and those a backup leaves out."""
    filled = []
    with connection.cursor() as cursor:
        for table in table_names():
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
            if cursor.fetchone()[0] and table not in FILLED_BY_MIGRATING:
                filled.append(table)
    return filled


# Restoring -------------------------------------------------------------------------------------


def lock_everything() -> None:
    """Keep everybody else away until the end of the transaction."""
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in _all_tables())
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))


def empty_everything() -> None:
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in _all_tables())
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {}").format(tables))


@contextmanager
def triggers_at_rest() -> Iterator[None]:
    """Set aside the triggers that keep rows from changing or write rows of their own; then hold every constraint.

    The rows come from a database in which those triggers let them pass, one step at a time; they arrive as they stood
    at the end. Foreign keys are held at the end of the block, when every table is there; check, unique and exclusion
    constraints at every row. Should anything fail, the transaction takes the triggers' rest back with all else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(_TRIGGERS)
        triggers = cursor.fetchall()
        for table, trigger, _ in triggers:
            cursor.execute(_alter(table, "DISABLE TRIGGER", trigger))
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger, enabled in triggers:
            cursor.execute(_alter(table, _ENABLE[enabled], trigger))


_ENABLE = {"O": "ENABLE TRIGGER", "A": "ENABLE ALWAYS TRIGGER", "R": "ENABLE REPLICA TRIGGER"}


def _alter(table: str, what: str, trigger: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {} {}").format(sql.Identifier(table), sql.SQL(what), sql.Identifier(trigger))


def analyze() -> None:
    """Tell the planner what has arrived."""
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in table_names())
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(tables))
