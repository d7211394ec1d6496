"""The sheet of milestones: where each stands, what the months before said, and the cells to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from submissions.bulk.labels import column_label
from submissions.intake.cells import LONGEST_TEXT
from submissions.intake.milestones import LONGEST_TITLE
from submissions.milestones import MilestoneRow, milestone_rows, standing_states
from submissions.models import MilestoneProgress, MilestoneState
from submissions.pages.due import month_words
from submissions.statement import Statement
from submissions.workbook.layout import (
    ACTUAL,
    BEFORE,
    CODE,
    COVERED,
    FIRST_ROW,
    KEY,
    LONG_TEXTS,
    MILESTONE_INPUTS,
    NARRATIVE,
    NEW_TITLE,
    PLANNED,
    PROGRESS,
    RHYTHM,
    SAME,
    SCOPE,
    TITLE,
    Mark,
    SheetKind,
    digest,
)
from submissions.workbook.looks import Styles, height_of, set_up, sign, write_head, write_number, write_text
from targets import periods
from targets.models import MOST_IN_SCOPE
from workplan.lib.sheets import clean_text
from workplan.templatetags.portal import delay_label

_WIDTHS = {KEY: 4, CODE: 7, TITLE: 36, RHYTHM: 10, BEFORE: 16, PROGRESS: 16, PLANNED: 12, ACTUAL: 12, COVERED: 8,
           SCOPE: 8, NEW_TITLE: 19, NARRATIVE: 32, SAME: 9}  # fmt: skip
_COUNTS = {COVERED, SCOPE}
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class MilestoneSheet:
    """The milestones of one report: each where it stands, with its newest state of an earlier month."""

    told: Statement
    lines: tuple[tuple[MilestoneRow, MilestoneState | None], ...]


def milestone_sheet(statements: Sequence[Statement], *, today: date) -> MilestoneSheet | None:
    """Return the milestones of the newest month that may be filled in, or of the newest; None where there are none.

    A state stands until another is reported: on one sheet per month the same rows would stand again and again.
    """
    may_edit = [told for told in statements if told.may["edit"]]
    told = (may_edit or list(statements))[-1]
    rows = milestone_rows(told.report, today=today)
    if not rows:
        return None
    before = standing_states(told.report, with_own=False)
    return MilestoneSheet(told, tuple((row, before.get(row.milestone.pk)) for row in rows))


def seen_of(state: MilestoneState | None) -> list[str]:
    """Return what stands in the cells to fill in, as the mark keeps it."""
    texts = {name: _text(state, name) for name in MILESTONE_INPUTS.values()}
    return [digest(text) if name in LONG_TEXTS else text for name, text in texts.items()]


def _text(state: MilestoneState | None, name: str) -> str:
    value = getattr(state, name, None)
    return "" if value is None else clean_text(str(value)).strip()


def write_milestones(book: Workbook, sheet: MilestoneSheet, styles: Styles) -> None:
    report, may_edit = sheet.told.report, sheet.told.may["edit"]
    month = periods.format_month(report.month)
    page = book.add_worksheet(_("%(month)s 节点") % {"month": month})
    seen = {row.milestone.code: seen_of(row.state) for row, _before in sheet.lines}
    mark = Mark(report.unit.code, month, report.version, seen, SheetKind.MILESTONES)
    title = _("%(unit)s %(month)s 工作节点进展") % {
        "unit": report.unit.full_label, "month": month_words(report.month)
    }  # fmt: skip
    write_head(page, mark, (title, *_about(sheet.told)), (_headers(), _WIDTHS), styles)
    at = FIRST_ROW - 1
    for item, lines in groupby(sheet.lines, key=lambda line: line[0].milestone.item):
        _write_band(page, at, f"{item.number}. {item.label}", styles)
        at += 1
        for row, before in lines:
            _write_line(page, at, row, before, styles, may_edit=may_edit)
            at += 1
    _validate(page, at - 1)
    sign(page, at + 1, ((TITLE, TITLE), (BEFORE, PROGRESS), (ACTUAL, SCOPE), (NARRATIVE, NARRATIVE)), styles)
    set_up(page, report.unit.full_label, frozen_before=RHYTHM)


def _about(told: Statement) -> Iterator[str]:
    yield _("单位代码 %(code)s") % {"code": told.report.unit.code}
    if not told.may["edit"]:
        yield _("本月报表为“%(status)s”，只供查看") % {"status": told.report.get_status_display()}
        return
    yield _("只填浅黄色的格；有变化的才需要填，没有变化、按期须报的选“照报”")
    yield _("日期填如 2007-06-30；清空状态即撤销本月所报")


def _headers() -> dict[int, str]:
    return {
        CODE: _("代码"),
        TITLE: _("节点"),
        RHYTHM: _("报送频率"),
        BEFORE: _("上期状态"),
        PROGRESS: _("本期状态"),
        PLANNED: _("计划完成日"),
        ACTUAL: _("实际完成日"),
        COVERED: _("已覆盖"),
        SCOPE: _("应覆盖"),
        NEW_TITLE: _("新名称（更名或合并时填）"),
        NARRATIVE: _("进展说明"),
        SAME: _("本期无变化"),
    }


def _write_band(page: Worksheet, at: int, heading: str, styles: Styles) -> None:
    """Write the heading of an item over its milestones; nothing on it is read again."""
    page.set_row(at, height_of({CODE: ""}, _WIDTHS))
    page.write_string(at, CODE - 1, clean_text(heading), styles.band)
    for column in range(CODE + 1, SAME + 1):
        page.write_blank(at, column - 1, None, styles.band)


def _write_line(
    page: Worksheet, at: int, row: MilestoneRow, before: MilestoneState | None, styles: Styles, *, may_edit: bool
) -> None:
    milestone, state = row.milestone, row.state
    texts = {
        CODE: milestone.code,
        TITLE: clean_text(milestone.label),
        RHYTHM: "\n".join(filter(None, (milestone.get_frequency_display(), delay_label(row.delay)))),
        BEFORE: "" if before is None else before.get_state_display(),
        PROGRESS: "" if state is None else state.get_state_display(),
        NEW_TITLE: _text(state, "new_title"),
        NARRATIVE: _text(state, "note"),
        SAME: "",
    }
    page.set_row(at, height_of(texts, _WIDTHS))
    page.write_string(at, KEY - 1, milestone.code)
    for column, text in texts.items():
        is_open = may_edit and column in MILESTONE_INPUTS and (column != SAME or row.may_repeat)
        is_choice = column in {PROGRESS, SAME}
        style = styles.locked if not is_open else styles.choice if is_choice else styles.text
        write_text(page, at, column, text, style)
    for column in (PLANNED, ACTUAL):
        _write_day(page, at, column, getattr(state, MILESTONE_INPUTS[column], None), styles, may_edit=may_edit)
    for column in sorted(_COUNTS):
        style = styles.input[0] if may_edit and milestone.is_counted else styles.kept[0]
        write_number(page, at, column, getattr(state, MILESTONE_INPUTS[column], None), style)


def _write_day(page: Worksheet, at: int, column: int, day: date | None, styles: Styles, *, may_edit: bool) -> None:
    style = styles.day if may_edit else styles.kept_day
    if day is None:
        page.write_blank(at, column - 1, None, style)
    else:
        page.write_datetime(at, column - 1, day, style)


def _validate(page: Worksheet, last: int) -> None:
    """Let the program itself warn of what the gate would refuse; a warning, so that nothing typed is lost there."""
    choose = _("请从列表中选择，或留空。")
    listed = {PROGRESS: [str(one.label) for one in MilestoneProgress], SAME: [_("照报")]}
    for column, choices in listed.items():
        _check(page, column, last, choose, {"validate": "list", "source": choices})
    for column in (PLANNED, ACTUAL):
        day = {"validate": "date", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST}
        _check(page, column, last, _("请填日期，如 2007-06-30。"), day)
    for column in sorted(_COUNTS):
        count = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST_IN_SCOPE}
        _check(page, column, last, _("请填地级单位的个数。"), count)
    for column, most in ((NEW_TITLE, LONGEST_TITLE), (NARRATIVE, LONGEST_TEXT)):
        length = {"validate": "length", "criteria": "<=", "value": most}
        _check(page, column, last, _("最多 %(most)s 个字。") % {"most": most}, length)


def _check(page: Worksheet, column: int, last: int, words: str, rule: dict[str, object]) -> None:
    told = {"error_type": "warning", "error_title": column_label(MILESTONE_INPUTS[column]), "error_message": words}
    page.data_validation(FIRST_ROW - 1, column - 1, last, column - 1, {**rule, **told})
