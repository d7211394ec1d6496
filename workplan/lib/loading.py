"""Reference data from files: every problem is found before anything is written, and every effect is counted.

A file is JSON. The models are its schema: a row's keys are fields, checked by the fields' own declarations.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet

M = TypeVar("M", bound=Model)
Row = Mapping[str, object]


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of the file; the place is a JSON pointer."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message}"


class FileRefused(Exception):
    """A file that cannot be loaded; carries every problem, not the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Effect:
    """What loading did to one kind of row."""

    kind: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return f"{self.kind}: {self.created} created, {self.updated} updated, {self.unchanged} unchanged"

    def __add__(self, other: Effect) -> Effect:
        return Effect(
            self.kind,
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


def read_json(path: Path) -> Row:
    """Return the file's object.

    :raises FileRefused: there is no such file, or it is not one JSON object.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=_refuse_float)
    except OSError as error:
        raise FileRefused([Problem("", f"{path} cannot be read: {error.strerror}.")]) from error
    except ValueError as error:
        raise FileRefused([Problem("", f"{path} is not JSON: {error}.")]) from error
    if not isinstance(document, dict):
        raise FileRefused([Problem("", f"{path} holds no object.")])
    return document


def beside(file: Path, prefix: str) -> Path | None:
    """Return the file of the same year as ``plan_2007.json`` with another prefix, if it is there."""
    name = file.name.replace("plan_", prefix, 1)
    other = file.with_name(name)
    return other if name != file.name and other.exists() else None


def _refuse_float(text: str) -> float:
    raise ValueError(f"{text} is a binary fraction; write decimals in quotation marks")


@dataclass
class Reader:
    """Reads rows into unsaved model instances and keeps every problem met on the way."""

    problems: list[Problem] = field(default_factory=list)

    def complain(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))

    def finish(self) -> None:
        """
        :raises FileRefused: anything was wrong.
        """
        if self.problems:
            raise FileRefused(self.problems)

    def check_schema(self, document: Row, name: str) -> None:
        if document.get("schema") != name:
            self.complain("/schema", f"is {document.get('schema')!r}; this command reads {name!r}.")

    def rows(self, parent: Row, key: str, at: str = "") -> Iterator[tuple[str, Row]]:
        """Yield the objects of a list with their pointers."""
        listed = parent.get(key)
        if not isinstance(listed, list):
            self.complain(f"{at}/{key}", "a list is expected here.")
            return
        for index, row in enumerate(listed):
            if isinstance(row, dict):
                yield f"{at}/{key}/{index}", row
            else:
                self.complain(f"{at}/{key}/{index}", "an object is expected here.")

    def instance(self, model: type[M], row: Row, at: str, *, fields: Sequence[str], others: Sequence[str] = ()) -> M:
        """Return an unsaved row of the model, its fields cleaned; ``others`` are keys the caller reads."""
        for key in sorted(set(row) - set(fields) - set(others)):
            self.complain(f"{at}/{key}", "is not a key of this file.")
        built = model()
        for name in fields:
            self._set(built, name, row, at)
        return built

    def _set(self, built: Model, name: str, row: Row, at: str) -> None:
        column = built._meta.get_field(name)
        if not isinstance(column, Field):
            raise TypeError(f"{name} is not a column")
        raw = row.get(name)
        if raw is None and name in row and not column.null:
            self.complain(f"{at}/{name}", "null is not allowed here.")
        elif name not in row:
            if not (column.has_default() or column.blank or column.null):
                self.complain(f"{at}/{name}", "is missing.")
        elif raw is None or (column.blank and raw == ""):
            setattr(built, name, raw)
        else:
            try:
                setattr(built, name, column.clean(_typed(column, raw), built))
            except ValidationError as error:
                self.complain(f"{at}/{name}", " ".join(error.messages))

    def refuse_repeated(self, found: Iterable[tuple[str, object]], what: str) -> None:
        """Complain about every value that stands a second time."""
        first: dict[object, str] = {}
        for pointer, value in found:
            if value in first:
                self.complain(pointer, f"{what} {value} stands already at {first[value]}.")
            first.setdefault(value, pointer)

    def refuse_unknown(self, value: object, known: Collection[object], at: str, what: str) -> bool:
        """Complain when the value names nothing; say whether it did."""
        if value in known:
            return False
        self.complain(at, f"there is no {what} {value!r}.")
        return True


def _typed(column: Field[object, object], raw: object) -> object:
    """Return a list with its parts typed: a list's validators run before its parts are."""
    if not isinstance(column, ArrayField):
        return raw
    if not isinstance(raw, list):
        raise ValidationError("a list is expected here.")
    return [column.base_field.to_python(part) for part in raw]


def upsert(
    kind: str, stored: QuerySet[M], rows: Iterable[M], *, key: Sequence[str], fields: Sequence[str]
) -> tuple[Effect, dict[tuple[object, ...], M]]:
    """Create what is not stored under its key, update what differs; return the effect and all rows by key.

    Rows that are stored but not given stay as they are: a file never takes anything away.
    """
    names = [_column(stored.model, name) for name in key], [_column(stored.model, name) for name in fields]
    by_key = {_values(row, names[0]): row for row in stored}
    created, updated, unchanged = [], [], 0
    for row in rows:
        identity = _values(row, names[0])
        known = by_key.get(identity)
        if known is None:
            created.append(row)
            by_key[identity] = row
        elif _values(known, names[1]) != _values(row, names[1]):
            for name in names[1]:
                setattr(known, name, getattr(row, name))
            updated.append(known)
        else:
            unchanged += 1
    stored.bulk_create(created)
    if updated:
        stored.bulk_update(updated, fields)
    return Effect(kind, len(created), len(updated), unchanged), by_key


def _column(model: type[Model], name: str) -> str:
    """Return the attribute that holds the column itself: for a reference its id."""
    column = model._meta.get_field(name)
    return column.attname if isinstance(column, Field) else name


def _values(row: Model, names: Sequence[str]) -> tuple[object, ...]:
    return tuple(tuple(value) if isinstance(value := getattr(row, name), list) else value for name in names)
