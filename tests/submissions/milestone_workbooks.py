"""The corpus of milestone sheets: a clerk's own workbook as it comes back, each with the verdict it must get.

A case is a name, what was done to the workbook of June, and a verdict: `refused` names the code of a file that is not
read; `faults` lists milestone (or indicator), column and code of every refused cell; `changes` lists milestone, column
and the new text of every cell the preview shows; `notes` holds words that must be told. What is refused writes nothing.

Of Guangdong's milestones M01-1 (when it happens) and M02-1 (quarterly) stand from May, M02-2 (monthly) and M27-2 (16
of 21 prefectures) are in June's draft, M27-3 is counted too but nobody has reported it, and M03-1 is as M01-1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from submissions.workbook import layout

FIGURES, MILESTONES = "2007-06", "2007-06 节点"
STATE, PLANNED, ACTUAL, COVERED, SCOPE, TITLE, NOTE, SAME = layout.MILESTONE_INPUTS
Edit = Callable[[Workbook], None]


@dataclass(frozen=True)
class Case:
    name: str
    edit: Edit
    refused: str = ""
    faults: tuple[tuple[str, str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()


def row_of(book: Workbook, key: str, sheet: str = MILESTONES) -> int:
    """Return the row of a key on a sheet."""
    page = book[sheet]
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, layout.KEY).value == key)


def put(*cells: tuple[str, int, object], sheet: str = MILESTONES) -> Edit:
    """Return an edit that writes values: key, column, value."""

    def edit(book: Workbook) -> None:
        for key, column, value in cells:
            book[sheet].cell(row_of(book, key, sheet), column).value = value

    return edit


def both(*edits: Edit) -> Edit:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    return edit


def corpus() -> list[Case]:
    parts = (_untouched, _states, _dates, _counts, _texts, _ticks, _layout, _rules, _unreadable, _keys, _together)
    return [case for part in parts for case in part()]


def _untouched() -> Iterator[Case]:
    def since_1904(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    yield Case("nothing touched", put())
    yield Case("saved by a program that counts days from 1904", since_1904)
    yield Case("the same word again, in English", put(("M01-1", STATE, "In progress")))
    yield Case("the same day as text", put(("M01-1", PLANNED, "2007-06-30")))
    yield Case("the same count as text", put(("M27-2", COVERED, "16")))
    yield Case("blanks around the note", put(("M01-1", NOTE, " 按计划推进 ")))


def _states() -> Iterator[Case]:
    for word in ("推进中", " 推进中\u3000", "In progress", "IN_PROGRESS", "in_progress"):
        chosen = (("M03-1", "state", "推进中"),)
        yield Case(f"the state {word!r}", put(("M03-1", STATE, word)), changes=chosen)
    done = put(("M01-1", STATE, "已完成（印发）"), ("M01-1", ACTUAL, date(2007, 6, 20)))
    yield Case(
        "done on a day", done, changes=(("M01-1", "state", "已完成（印发）"), ("M01-1", "actual_on", "2007-06-20"))
    )
    yield Case("taken back", put(("M02-2", STATE, None)), changes=(("M02-2", "state", "撤销本月所报"),))
    yield Case("taken back, row emptied", put(*(("M02-2", column, None) for column in layout.MILESTONE_INPUTS)),
               changes=(("M02-2", "state", "撤销本月所报"),))  # fmt: skip
    yield Case("a row of another month emptied", put(*(("M01-1", column, None) for column in layout.MILESTONE_INPUTS)))
    yield Case("the state of another month emptied", put(("M01-1", STATE, None)),
               faults=(("M01-1", "state", "state_missing"),))  # fmt: skip
    for word in ("完成了", 1, True, date(2007, 6, 1), "未报"):
        yield Case(f"the state {word!r}", put(("M01-1", STATE, word)), faults=(("M01-1", "state", "unknown_state"),))
    yield Case("a day without a state", put(("M03-1", PLANNED, date(2007, 9, 1))),
               faults=(("M03-1", "state", "state_missing"),))  # fmt: skip


def _dates() -> Iterator[Case]:
    moved = (("M01-1", "planned_on", "2007-09-30"),)
    for day in (date(2007, 9, 30), datetime(2007, 9, 30, 8, 30), "2007-09-30", " 2007-09-30 "):  # noqa: DTZ001 -- as a sheet has it
        yield Case(f"the day {day!r}", put(("M01-1", PLANNED, day)), changes=moved)
    yield Case("a day taken away", put(("M01-1", PLANNED, None)), changes=(("M01-1", "planned_on", ""),))
    yield Case("a day by its number", put(("M01-1", PLANNED, 39355)), changes=moved)
    for day in ("9月底", "2007/9/30", "2007年9月30日", "2007-02-30", 9, date(1980, 1, 1), time(8, 30), True):
        yield Case(f"the day {day!r}", put(("M01-1", PLANNED, day)), faults=(("M01-1", "planned_on", "not_a_date"),))


def _counts() -> Iterator[Case]:
    for count in (18, 18.0, "18", "１８", " 18 "):
        yield Case(f"{count!r} covered", put(("M27-2", COVERED, count)), changes=(("M27-2", "covered", "18"),))
    yield Case("none covered", put(("M27-2", COVERED, 0)), changes=(("M27-2", "covered", "0"),))
    first = put(("M27-3", STATE, "推进中"), ("M27-3", COVERED, 3), ("M27-3", SCOPE, 5))
    told = (("M27-3", "state", "推进中"), ("M27-3", "covered", "3"), ("M27-3", "in_scope", "5"))
    yield Case("counted for the first time", first, changes=told)
    yield Case("more covered than owe it", put(("M27-2", COVERED, 22)),
               faults=(("M27-2", "covered", "more_than_in_scope"),))  # fmt: skip
    yield Case("covered of nobody knows how many", put(("M27-3", STATE, "推进中"), ("M27-3", COVERED, 3)),
               faults=(("M27-3", "in_scope", "in_scope_missing"),))  # fmt: skip
    yield Case("counted where nothing is", put(("M01-1", COVERED, 3)), faults=(("M01-1", "covered", "field_not_used"),))
    for count, code in ((-1, "negative"), (1.5, "too_many_decimals"), ("十六", "chinese_numeral"),
                        (date(2007, 6, 1), "date_cell"), (True, "boolean_cell"), ("16个", "has_unit")):  # fmt: skip
        yield Case(f"{count!r} covered", put(("M27-2", COVERED, count)), faults=(("M27-2", "covered", code),))


def _texts() -> Iterator[Case]:
    yield Case("a note of two lines", put(("M01-1", NOTE, "一\r\n二")), changes=(("M01-1", "note", "一\n二"),))
    yield Case("a note taken away", put(("M01-1", NOTE, None)), changes=(("M01-1", "note", ""),))
    yield Case("a number for a note", put(("M01-1", NOTE, 2007)), changes=(("M01-1", "note", "2007"),))
    yield Case("a note too long", put(("M01-1", NOTE, "长" * 2001)), faults=(("M01-1", "note", "too_long"),))
    yield Case("a title too long", put(("M03-1", STATE, "更名或合并"), ("M03-1", TITLE, "长" * 161)),
               faults=(("M03-1", "new_title", "too_long"),))  # fmt: skip

    def as_text(book: Workbook) -> None:
        cell = book[MILESTONES].cell(row_of(book, "M01-1"), NOTE)
        cell.value, cell.data_type = "=1+1", "s"

    yield Case("a note that looks like a formula", as_text, changes=(("M01-1", "note", "=1+1"),))


def _ticks() -> Iterator[Case]:
    for word in ("照报", "As before", " 照报 "):
        yield Case(f"reported again by {word!r}", put(("M02-1", SAME, word)), changes=(("M02-1", "same", "照报"),))
    yield Case("ticked and changed", put(("M02-1", SAME, "照报"), ("M02-1", NOTE, "已部署")),
               changes=(("M02-1", "note", "已部署"),))  # fmt: skip
    yield Case("ticked where June says it already", put(("M02-2", SAME, "照报")))
    yield Case("other words than the tick", put(("M02-1", SAME, "同上")), faults=(("M02-1", "same", "unknown_choice"),))


def _swapped(book: Workbook) -> None:
    page, one, other = book[MILESTONES], row_of(book, "M01-1"), row_of(book, "M27-3")
    for column in range(1, layout.SAME + 1):
        first, second = page.cell(one, column), page.cell(other, column)
        first.value, second.value = second.value, first.value
        first.number_format, second.number_format = second.number_format, first.number_format


def _without_row(book: Workbook) -> None:
    book[MILESTONES].delete_rows(row_of(book, "M02-1"))


def _without_bands(book: Workbook) -> None:
    page = book[MILESTONES]
    for row in range(page.max_row, layout.HEADER_ROW, -1):
        if page.cell(row, layout.KEY).value is None:
            page.delete_rows(row)


def _row_above(book: Workbook) -> None:
    book[MILESTONES].insert_rows(2)


def _hidden(book: Workbook) -> None:
    book[MILESTONES].row_dimensions[row_of(book, "M02-1")].hidden = True


def _renamed(book: Workbook) -> None:
    book[MILESTONES].title = "进展"


def _first_alone(book: Workbook) -> None:
    del book[MILESTONES]


def _second_alone(book: Workbook) -> None:
    del book[FIGURES]


def _one_more(book: Workbook) -> None:
    book[MILESTONES].cell(book[MILESTONES].max_row + 1, STATE).value = "推进中"


def _layout() -> Iterator[Case]:
    done = (("M27-3", "state", "推进中"),)
    choose = put(("M27-3", STATE, "推进中"))
    yield Case("two rows have changed places", _swapped)
    yield Case("two rows have changed places, one is filled in", both(choose, _swapped), changes=done)
    yield Case("a row is deleted", _without_row, notes=("删去了 1 行",))
    yield Case("the headings of the items are deleted", both(choose, _without_bands), changes=done)
    yield Case("a row above", both(_row_above, choose), changes=done)
    yield Case("a hidden row", _hidden, notes=("1 行是隐藏的",))
    yield Case("the sheet has another name", _renamed)
    yield Case("a workbook of before, without the sheet", _first_alone)
    yield Case("the sheet without the figures", both(choose, _second_alone), changes=done)
    yield Case("a row that is not the template's", _one_more, notes=("不是模板中的行",))


def _rules() -> Iterator[Case]:
    for name, state, more, column, code in (
        ("done on no day", "已完成（印发）", (), "actual_on", "actual_date_missing"),
        ("done tomorrow", "已完成（印发）", ((ACTUAL, date(2007, 10, 13)),), "actual_on", "date_in_future"),
        ("a day of what is not done", "已报审", ((ACTUAL, date(2007, 6, 1)),), "actual_on", "not_yet_done"),
        ("renamed to nothing", "更名或合并", (), "new_title", "new_title_missing"),
        ("a new title of what was not renamed", "推进中", ((TITLE, "新"),), "new_title", "not_renamed"),
        ("cancelled without a reason", "取消", ((NOTE, None),), "note", "reason_missing"),
        ("carried over without a reason", "结转下年", ((NOTE, None), (PLANNED, date(2008, 6, 30))), "note",
         "reason_missing"),
        ("carried over within the year", "结转下年", (), "planned_on", "new_planned_date_missing"),
    ):  # fmt: skip
        cells = (("M01-1", STATE, state), *(("M01-1", column, value) for column, value in more))
        yield Case(name, put(*cells), faults=(("M01-1", column, code),))
    yield Case(
        "carried over with a reason and a day",
        put(("M01-1", STATE, "结转下年"), ("M01-1", PLANNED, date(2008, 6, 30))),
        changes=(("M01-1", "state", "结转下年"), ("M01-1", "planned_on", "2008-06-30")),
    )  # fmt: skip
    yield Case(
        "renamed", put(("M01-1", STATE, "更名或合并"), ("M01-1", TITLE, "新名")),
        changes=(("M01-1", "state", "更名或合并"), ("M01-1", "new_title", "新名")),
    )  # fmt: skip
    yield Case("cancelled with a reason", put(("M01-1", STATE, "取消")), changes=(("M01-1", "state", "取消"),))


def _unreadable() -> Iterator[Case]:
    for column, name in layout.MILESTONE_INPUTS.items():
        code = "formula_not_calculated"
        yield Case(f"a formula for {name}", put(("M27-2", column, "=A1")), faults=(("M27-2", name, code),))
        yield Case(f"an error for {name}", put(("M27-2", column, "#REF!")), faults=(("M27-2", name, "error_cell"),))

    def merged(book: Workbook) -> None:
        row = row_of(book, "M02-1")
        assert row_of(book, "M02-2") == row + 1
        book[MILESTONES].merge_cells(start_row=row, end_row=row + 1, start_column=STATE, end_column=STATE)

    yield Case("two rows under one state", merged,
               faults=(("M02-1", "state", "merged_cells"), ("M02-2", "state", "merged_cells")))  # fmt: skip


def _keys() -> Iterator[Case]:
    def twice(book: Workbook) -> None:
        book.copy_worksheet(book[MILESTONES])

    def spoilt(book: Workbook) -> None:
        mark = book[MILESTONES]["A1"].value
        book[MILESTONES]["A1"] = mark[:-2] + ("AA" if mark[-2:] != "AA" else "BB")

    yield Case("a key nobody knows", put(("M01-1", layout.KEY, "M99-1")), refused="template_changed")
    yield Case("a key of another bureau's", put(("M01-1", layout.KEY, "M04-1")), refused="template_changed")
    yield Case("a key twice", put(("M01-1", layout.KEY, "M02-1")), refused="template_changed")
    yield Case("another code beside the key", put(("M01-1", layout.CODE, "M02-1")), refused="template_changed")
    yield Case("the signed line is spoilt", spoilt, refused="template_changed")
    yield Case("the sheet stands twice", twice, refused="duplicate_sheets")


def _together() -> Iterator[Case]:
    wrong = (("M01-1", STATE, "完成了"), ("M01-1", ACTUAL, "昨天"), ("M02-1", SAME, "同上"), ("M27-2", COVERED, 22))
    faults = (
        ("M01-1", "state", "unknown_state"), ("M01-1", "actual_on", "not_a_date"), ("M02-1", "same", "unknown_choice"),
        ("M27-2", "covered", "more_than_in_scope"),
    )  # fmt: skip
    yield Case("every fault at once", put(*wrong), faults=faults)
    good, bad = ("T01.value", layout.VALUE, 320000), ("T01.value", layout.VALUE, "x")
    choose = put(("M27-3", STATE, "推进中"))
    yield Case("a figure and a milestone", both(put(good, sheet=FIGURES), choose),
               changes=(("T01", "value", "320,000"), ("M27-3", "state", "推进中")))  # fmt: skip
    yield Case("a bad figure beside a good milestone", both(put(bad, sheet=FIGURES), choose),
               faults=(("T01", "value", "not_a_number"),))  # fmt: skip
    yield Case("a good figure beside a bad milestone", both(put(good, sheet=FIGURES), put(wrong[0])),
               faults=(("M01-1", "state", "unknown_state"),))  # fmt: skip
    yield Case("both bad", both(put(bad, sheet=FIGURES), put(wrong[0])),
               faults=(("T01", "value", "not_a_number"), ("M01-1", "state", "unknown_state")))  # fmt: skip
