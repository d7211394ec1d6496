"""Rows of a text table kept by column: what comes out is what went in."""

from __future__ import annotations

import pytest

from submissions.bulk.rows import SourceRow, TableRows, cells_of

COLUMNS = ("month", "unit", "indicator", "value")


@pytest.fixture
def rows() -> TableRows:
    table = TableRows(COLUMNS)
    table.append(2, ["".join(["2007", "-06"]), "440000", "T01", "310000"])
    table.append(5, ["".join(["2007", "-06"]), "440000", "T11", None])
    return table


def test_rows_come_back_as_they_stood_with_what_was_left_out_left_out(rows):
    assert list(rows) == [
        SourceRow(2, {"month": "2007-06", "unit": "440000", "indicator": "T01", "value": "310000"}),
        SourceRow(5, {"month": "2007-06", "unit": "440000", "indicator": "T11"}),
    ]


def test_rows_are_reached_from_both_ends_and_by_parts(rows):
    assert (len(rows), rows[-1].number, [row.number for row in rows[:1]]) == (2, 5, [2])


def test_a_row_beyond_the_last_is_none(rows):
    with pytest.raises(IndexError):
        rows[2]


def test_what_thousands_of_rows_share_is_kept_once(rows):
    assert rows[0].cells["month"] is rows[1].cells["month"]


def test_a_row_has_as_many_cells_as_there_are_columns(rows):
    with pytest.raises(ValueError, match="shorter"):
        rows.append(6, ["2007-06"])


def test_the_texts_of_a_column_are_each_told_once(rows):
    assert set(cells_of(rows, "indicator")) == {"T01", "T11"}
    assert list(cells_of(rows, "unit")) == ["440000"]
    assert list(cells_of(rows, "note")) == []


def test_rows_from_elsewhere_tell_their_column_too():
    assert list(cells_of([SourceRow(2, {"unit": "440000"}), SourceRow(3, {})], "unit")) == ["440000", None]
