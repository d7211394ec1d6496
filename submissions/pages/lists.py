"""The lists of filing and review as sheets: the rows of a page with its words, numbers and moments as such."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ReportingUnit
from accounts.permissions import Person
from notices.models import Notice
from submissions.models import Excuse, ReportingMonth
from submissions.pages.calendar import MonthPage
from submissions.pages.due import month_words
from submissions.pages.queue import Narrowed, Waiting
from submissions.pages.rules import RuleRow, RulesPage
from submissions.pages.work import UnitsPage
from submissions.provenance import source_lines
from submissions.reminding import Fate, Reminder
from targets.models import Plan
from workplan.lib import clock
from workplan.lib.numbers import plain_text
from workplan.lib.sheets import Column, Kind, Row, Sheet


def source(person: Person, *told: str, plan: Plan | None = None) -> list[str]:
    """Return where a list comes from that is taken away now."""
    return source_lines(person, *told, plan=plan, now=clock.now())


def _local(moment: datetime | None) -> datetime | None:
    """Return a moment as a cell holds it: by the clock of the office, without its zone."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)


def _moment(key: str, title: str) -> Column:
    return Column(key, title, Kind.DATE, 17, "yyyy-mm-dd hh:mm")


def _unit_columns() -> list[Column]:
    return [Column("unit", _("单位代码"), width=10), Column("unit_name", _("单位"), width=18)]


def _unit_cells(unit: ReportingUnit) -> Row:
    return {"unit": unit.code, "unit_name": unit.label}


def _yes(is_so: object) -> str | None:
    return _("是") if is_so else None


# The queue -------------------------------------------------------------------------------------


def queue_sheet(person: Person, waiting: Iterable[Waiting], by: Narrowed) -> Sheet:
    """Return what waits for the person, all of its pages, oldest first."""
    number = Kind.NUMBER
    return Sheet(
        name=_("待审核的报表"),
        title=_("待审核的报表"),
        provenance=source(person, *_narrowing(by.told)),
        columns=[
            *_unit_columns(),
            Column("month", _("报告期"), Kind.MONTH),
            Column("is_correction", _("更正"), width=8),
            Column("submitted_by", _("报送人"), width=14),
            _moment("submitted_at", _("报送时间")),
            Column("is_late", _("迟报"), width=8),
            Column("n_days", _("已等工作日"), number, 11),
            Column("reviewer", _("等谁审核"), width=18),
            Column("is_clean", _("无疑点"), width=8),
            Column("n_explained", _("说明条数"), number, 10),
            Column("n_silent", _("未报项数"), number, 10),
            Column("n_changed", _("改动项数"), number, 10),
            Column("has_note", _("有备注"), width=8),
            Column("has_drafts", _("有您未送出的批注"), width=17),
            Column("n_below", _("等下级单位数"), number, 13),
            Column("is_own", _("本人报送，须由另一人审核"), width=17),
            Column("is_locked", _("本月已关闭，重新开放后才能审核"), width=17),
        ],
        rows=[_queue_row(one) for one in waiting],
        notes=[_("改动项数为与上次审核过的报送相比；空格表示以前没有审核过。")],
    )


def _narrowing(told: Sequence[str]) -> list[str]:
    return [_("筛选：%(told)s") % {"told": " · ".join(told)}] if told else []


def _queue_row(one: Waiting) -> Row:
    report, filing = one.report, one.report.begun_filing
    return {
        **_unit_cells(report.unit),
        "month": report.month,
        "is_correction": _yes(report.is_correction),
        "submitted_by": filing.submitted_by.label,
        "submitted_at": _local(filing.submitted_at),
        "is_late": _yes(one.is_late),
        "n_days": one.n_days,
        "reviewer": one.reviewer,
        "is_clean": _yes(one.is_clean),
        "n_explained": one.n_explained,
        "n_silent": one.n_silent,
        "n_changed": one.n_changed,
        "has_note": _yes(filing.note),
        "has_drafts": _yes(report.has_drafts),
        "n_below": one.n_below,
        "is_own": _yes(one.is_own),
        "is_locked": _yes(one.is_locked),
    }


# One month: the ministry's choice of a unit, who filed when, who was reminded ------------------


def units_sheet(person: Person, page: UnitsPage) -> Sheet:
    """Return how far each unit's report of the month is."""
    number = Kind.NUMBER
    return Sheet(
        name=_("各单位报表"),
        title=_("各单位报表"),
        provenance=source(person, *_month_told(page.period), plan=page.period.plan),
        columns=[
            *_unit_columns(),
            Column("state", _("状态"), width=14),
            Column("n_answered", _("已填"), number, 9),
            Column("n_due", _("应填"), number, 9),
        ],
        rows=[
            {
                **_unit_cells(one.unit),
                "state": str(one.state.word),
                "n_answered": one.n_answered,
                "n_due": one.n_due,
            }
            for one in page.units
        ],
    )


def month_sheet(person: Person, page: MonthPage) -> Sheet:
    """Return who filed for the month, when, and until when they had time."""
    return Sheet(
        name=_("报送情况"),
        title=_("各单位报送情况"),
        provenance=source(person, *_month_told(page.period), plan=page.period.plan),
        columns=[
            *_unit_columns(),
            Column("arrival", _("报送情况"), width=12),
            _moment("filed_at", _("首次报送")),
            Column("due_on", _("期限"), Kind.DATE),
            Column("is_extended", _("已延期"), width=9),
        ],
        rows=[
            {
                **_unit_cells(one.unit),
                "arrival": str(one.look.word),
                "filed_at": _local(one.filed.filed_at),
                "due_on": one.filed.due_on,
                "is_extended": _yes(one.filed.is_extended),
            }
            for one in page.lines
        ],
        notes=[_("按第一次报送（未撤回）的时间判断；退回后重报不算迟报。")],
    )


def reminder_sheets(
    person: Person, period: ReportingMonth, today: Iterable[Reminder], told: Iterable[Notice]
) -> list[Sheet]:
    """Return what became of today's reminders, and who was ever reminded of the month."""
    provenance = source(person, *_month_told(period), plan=period.plan)
    results = Sheet(
        name=_("催报结果"),
        title=_("今天的催报结果"),
        provenance=provenance,
        columns=[
            *_unit_columns(),
            Column("fate", _("结果"), width=26),
            Column("n_people", _("通知人数"), Kind.NUMBER, 10),
        ],
        rows=[{**_unit_cells(one.unit), "fate": _fate(one), "n_people": one.n_people} for one in today],
    )
    record = Sheet(
        name=_("催报记录"),
        title=_("催报记录"),
        provenance=provenance,
        columns=[
            Column("unit_name", _("单位"), width=18),
            Column("recipient", _("收件人"), width=16),
            Column("kind", _("类别"), width=18),
            _moment("created_at", _("发出时间")),
            Column("mail", _("邮件"), width=12),
            _moment("read_at", _("阅读时间")),
            Column("reading", _("阅读情况"), width=22),
        ],
        rows=[_told_row(one) for one in told],
    )
    return [results, record]


def _month_told(period: ReportingMonth) -> list[str]:
    return [
        _("报告期：%(month)s，截止 %(due)s") % {"month": month_words(period.month), "due": f"{period.due_on:%Y-%m-%d}"}
    ]


def _fate(one: Reminder) -> str:
    return _("该单位没有可通知的人员") if one.fate == Fate.NOBODY else _("今天已催过")


def _told_row(one: Notice) -> Row:
    return {
        "unit_name": one.unit_label,
        "recipient": one.recipient.label,
        "kind": one.get_kind_display(),
        "created_at": _local(one.created_at),
        "mail": one.mail.get_state_display() if one.mail else None,
        "read_at": _local(one.read_at),
        "reading": _reading(one),
    }


def _reading(one: Notice) -> str:
    if one.read_at:
        return _("已读")
    if one.settled_at:
        return _("已办")
    return _("未读") if one.in_inbox else _("本人关闭了站内通知")


# The rules -------------------------------------------------------------------------------------


def rule_sheets(person: Person, page: RulesPage) -> list[Sheet]:
    """Return the rules on the terms of the month, what planners set, and the excuses open to the person."""
    provenance = source(person, _("报告期：%(month)s") % {"month": month_words(page.month)})
    return [_rules(page, provenance), _settings(page, provenance), _excuses(page, provenance)]


def _rules(page: RulesPage, provenance: list[str]) -> Sheet:
    return Sheet(
        name=_("审核规则"),
        title=_("审核规则"),
        provenance=provenance,
        columns=[
            Column("rule", _("规则"), width=8),
            Column("says", _("内容"), width=70),
            Column("standing", _("状态"), width=12),
            Column("weights", _("处理方式"), width=18),
            Column("limits", _("界限"), width=60),
        ],
        rows=[_rule_row(one, with_names=page.may_set) for one in page.rows],
        notes=[_("带 * 的界限由计划管理员另设")],
    )


def _settings(page: RulesPage, provenance: list[str]) -> Sheet:
    return Sheet(
        name=_("规则设置"),
        title=_("规则设置"),
        provenance=provenance,
        columns=[
            Column("rule", _("规则"), width=8),
            *_span_columns(),
            Column("severity", _("处理方式"), width=14),
            Column("limits", _("界限"), width=50),
            Column("reason", _("依据"), width=50),
        ],
        rows=[
            {
                "rule": one.rule,
                "since": one.valid_from,
                "until": one.valid_to,
                "severity": one.get_severity_display() if one.severity else None,
                "limits": " · ".join(limits),
                "reason": one.reason,
            }
            for row in page.rows
            for one, limits in row.settings_told
        ],
    )


def _excuses(page: RulesPage, provenance: list[str]) -> Sheet:
    standing = [one for row in page.rows for one in row.excuses]
    return Sheet(
        name=_("豁免"),
        title=_("豁免"),
        provenance=provenance,
        columns=[
            Column("rule", _("规则"), width=8),
            *_unit_columns(),
            Column("indicator", _("指标代码"), width=10),
            *_span_columns(),
            Column("granted_by", _("同意人"), width=14),
            Column("reason", _("理由"), width=50),
            Column("withdrawn_by", _("撤销人"), width=14),
            _moment("withdrawn_at", _("撤销时间")),
        ],
        rows=[_excuse_row(one) for one in (*standing, *page.ended)],
    )


def _span_columns() -> list[Column]:
    month = Kind.MONTH
    return [Column("since", _("起始报告期"), month, 12), Column("until", _("终止报告期"), month, 12)]


def _rule_row(row: RuleRow, *, with_names: bool) -> Row:
    limits = [
        f"{words}{'*' if is_set else ''}{f' ({name} = {plain_text(value)})' if with_names else ''}"
        for words, name, value, is_set in row.limits_told
    ]
    return {
        "rule": row.rule.code,
        "says": row.says,
        "standing": _("已停用") if not row.terms.is_in_force else _("由系统保证") if row.is_upheld else None,
        "weights": None if row.is_upheld else " · ".join(str(one.word) for one in row.weights),
        "limits": "\n".join(limits),
    }


def _excuse_row(one: Excuse) -> Row:
    return {
        "rule": one.rule,
        **_unit_cells(one.unit),
        "indicator": one.indicator.code,
        "since": one.since,
        "until": one.until,
        "granted_by": one.granted_by.label,
        "reason": one.reason,
        "withdrawn_by": one.withdrawn_by.label if one.withdrawn_by else None,
        "withdrawn_at": _local(one.withdrawn_at),
    }
