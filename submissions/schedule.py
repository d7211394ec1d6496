"""The dates of reporting months: derived from rules and working days, moved by hand, extended for those who need it.

What a change would do to others is counted before it is made (`effects`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from types import MappingProxyType

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit, User
from submissions import announcing, facts, workdays
from submissions.calendar import MonthUnchanged, NotYourMonth, held, record, require_reason
from submissions.models import CalendarRule, DirtyUnit, Extension, MonthlyReport, ReportingMonth, ReportStatus
from targets import periods
from targets.models import Assignment, Plan
from workplan.lib.loading import Effect
from workplan.lib.refusals import Refused
from workplan.lib.words import month_lazily

_DATES = tuple(field.name for field in fields(periods.Window))
_DERIVED = (*_DATES, "reported_with_id")


class ImpossibleDates(Refused):
    """Dates that cannot stand: out of order, in the past, or over another month's days."""

    code = "impossible_dates"
    http_status = 400


# Made by rule ----------------------------------------------------------------------------------


def make_months(plan: Plan) -> Effect:
    """Write the plan year's twelve months; one that exists keeps the dates a planner may have moved."""
    workdays.load_days([plan.year, plan.year + 1])
    stored = {one.month: one for one in plan.months.all()}
    months = [one for one in derived(plan, kept=stored) if one.month not in stored]
    # A month that is reported with a later one names it, so that one is written first.
    ReportingMonth.objects.bulk_create(sorted(months, key=lambda one: one.reported_with_id is not None))
    return Effect("months", created=len(months), unchanged=len(stored))


def derived(plan: Plan, *, kept: Mapping[date, ReportingMonth] = MappingProxyType({})) -> list[ReportingMonth]:
    """Return the plan year's months, unsaved, as rules and working days make them; three queries.

    ``kept`` are months that stay as they are, whatever the rules say: the one behind begins where they end.
    """
    rules = list(CalendarRule.objects.order_by("-valid_from"))
    offices = workdays.working_days(date(plan.year, 1, 1), date(plan.year + 1, 12, 31))
    months = periods.month_range(date(plan.year, 1, 1), date(plan.year, 12, 1))
    made = {month: _derived_month(plan, month, rules, offices) for month in months}
    january, february = made[months[0]], made[months[1]]
    if january.reported_with_id is not None:
        february.covers_from = january.covers_from
    _join([kept.get(month) or made[month] for month in months], behind=_last_day_before(plan))
    return list(made.values())


def _last_day_before(plan: Plan) -> date | None:
    """Return the last day that the year before reports on; None where nobody reports on that year."""
    before = ReportingMonth.objects.filter(month=date(plan.year - 1, 12, 1))
    last: date | None = before.values_list("covers_to", flat=True).first()
    return last


def _join(months: Iterable[ReportingMonth], *, behind: date | None) -> None:
    """Let each unsaved month begin where the one before ends.

    So the month in which the statistical month changes is shorter or longer than others, and no day is reported
    twice or never.
    """
    for one in months:
        if one.reported_with_id is not None:
            continue
        if behind is not None and one.pk is None:
            one.covers_from = behind + timedelta(days=1)
        behind = one.covers_to


def _derived_month(
    plan: Plan, month: date, rules: Iterable[CalendarRule], offices: workdays.WorkingDays
) -> ReportingMonth:
    rule = next((one for one in rules if one.valid_from <= month), CalendarRule(valid_from=month))
    window = periods.window(month, rule.as_window_rule(), is_working_day=offices)
    is_merged = rule.january_with_february and month.month == 1
    return ReportingMonth(
        plan=plan,
        month=month,
        reported_with_id=periods.next_month(month) if is_merged else None,
        **{name: getattr(window, name) for name in _DATES},
    )


@dataclass(frozen=True)
class Move:
    """One month whose dates no longer are what the rules make of it."""

    period: ReportingMonth
    fresh: ReportingMonth

    @property
    def changes(self) -> dict[str, tuple[date | None, date | None]]:
        """What changes: the column, its date before and after."""
        return {
            name: (getattr(self.period, name), getattr(self.fresh, name))
            for name in _DERIVED
            if getattr(self.period, name) != getattr(self.fresh, name)
        }

    @property
    def told(self) -> list[tuple[str, tuple[date | None, date | None]]]:
        """What changes, each column by its name for people."""
        return [(ReportingMonth._meta.get_field(name).verbose_name, pair) for name, pair in self.changes.items()]


def moves_by_rule(plan: Plan, *, today: date) -> list[Move]:
    """Return the months still to fall due that a rule or a moved holiday gives other dates.

    A month that somebody has begun to report keeps what it is reported with.
    """
    stored = {one.month: one for one in plan.months.filter(due_on__gte=today, closed_at=None)}
    kept = {one.month: one for one in plan.months.exclude(month__in=list(stored))}
    moves = [Move(stored[fresh.month], fresh) for fresh in derived(plan, kept=kept) if fresh.month in stored]
    begun = _joined_and_begun(moves)
    return [move for move in moves if move.changes and move.fresh.due_on >= today and move.period.month not in begun]


def _joined_and_begun(moves: Iterable[Move]) -> set[date]:
    """Return the months that would be joined or parted although a report of one of them was begun."""
    joins = [move for move in moves if "reported_with_id" in move.changes]
    months = {day for move in joins for day in (move.period.month, periods.next_month(move.period.month))}
    begun = MonthlyReport.objects.filter(period__in=months)
    return months if months and begun.exists() else set()


@transaction.atomic
def apply_rules(plan: Plan, *, by: User, now: datetime) -> list[Move]:
    """Give the months still to fall due the dates that rules and working days make; return what moved.

    :raises Refused: the calendar is not the person's to move, or a month would cover another's days.
    """
    _require_planner(by)
    list(plan.months.select_for_update())
    moves = moves_by_rule(plan, today=now.date())
    if moves:
        _keep(moves)
    for move in moves:
        if "reported_with_id" in move.changes:
            _totals_change(move.period)
        told = {name: [str(old or ""), str(new or "")] for name, (old, new) in move.changes.items()}
        record("month.move", move.period, by, changes=told, reason="rules")
    return moves


def _keep(moves: Iterable[Move]) -> None:
    """Write all at once: between two months that change together the days may overlap, after them they may not."""
    for move in moves:
        move.fresh.pk = move.period.pk
    try:
        with transaction.atomic():
            ReportingMonth.objects.bulk_update(
                [move.fresh for move in moves], [*_DATES, "reported_with"], batch_size=None
            )
    except IntegrityError as error:
        raise ImpossibleDates(
            _("按现行规则，有两个报告期的统计期会重叠。请先撤销有关报告期的关闭，或把规则的起始报告期定在新的年度。")
        ) from error


def _totals_change(period: ReportingMonth) -> None:
    """What was due in the month changed: note every unit that files in the year."""
    units = Assignment.objects.filter(plan=period.plan_id).values_list("unit_id", flat=True).distinct()
    DirtyUnit.objects.bulk_create(DirtyUnit(unit_id=unit, month=period.month) for unit in units)


def _require_planner(by: User) -> None:
    if not permissions.may_move_dates(by):
        raise NotYourMonth(_("报送日历由计划管理员或部级审核人调整。"))


# Moved by hand ---------------------------------------------------------------------------------


@transaction.atomic
def move_dates(
    period: ReportingMonth,
    *,
    by: User,
    now: datetime,
    opens_on: date,
    due_on: date,
    late_due_on: date,
    view_only_from: date,
    reason: str,
) -> ReportingMonth:
    """Give one month other dates, for everybody.

    :raises ImpossibleDates: they are out of order, or a time that has not come is put into the past.
    :raises Refused: the calendar is not the person's to move, or nothing would change.
    """
    _require_planner(by)
    period = ReportingMonth.objects.select_for_update().get(pk=period.pk)
    asked = {"opens_on": opens_on, "due_on": due_on, "late_due_on": late_due_on, "view_only_from": view_only_from}
    changes = {name: [str(getattr(period, name)), str(day)] for name, day in asked.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        raise MonthUnchanged(_("%(month)s的各个日期没有变化。"), month=month_lazily(period.month))
    check_dates(period, **asked, today=now.date())
    said = require_reason(reason)
    for name, day in asked.items():
        setattr(period, name, day)
    period.save(update_fields=list(asked))
    record("month.move", period, by, changes=changes, reason=said)
    return period


def check_dates(
    period: ReportingMonth, *, opens_on: date, due_on: date, late_due_on: date, view_only_from: date, today: date
) -> None:
    """
    :raises ImpossibleDates: naming the dates that do not follow each other, or that would already be past.
    """
    order = [
        (opens_on < due_on, _("截止日 %(due_on)s 须在开放日 %(opens_on)s 之后。")),
        (due_on > period.month, _("截止日 %(due_on)s 须在报告期首日之后。")),
        (due_on <= late_due_on, _("迟报截止日 %(late_due_on)s 不能早于截止日 %(due_on)s。")),
        (late_due_on < view_only_from, _("只供查看起始日 %(view_only_from)s 须在迟报截止日 %(late_due_on)s 之后。")),
        (
            due_on >= today or due_on == period.due_on,
            _("截止日 %(due_on)s 已过（今天 %(today)s），会使已报的报表变成迟报。请选今天或以后的日期。"),
        ),
        (
            view_only_from > today or view_only_from == period.view_only_from,
            _("只供查看起始日 %(view_only_from)s 已过（今天 %(today)s）。立即停止填报请用“关闭”。"),
        ),
    ]
    shown = {
        "opens_on": opens_on,
        "due_on": due_on,
        "late_due_on": late_due_on,
        "view_only_from": view_only_from,
        "today": today,
    }
    for holds, sentence in order:
        if not holds:
            raise ImpossibleDates(sentence, **shown)


# Extended --------------------------------------------------------------------------------------


@transaction.atomic
def extend(
    period: ReportingMonth, *, unit: ReportingUnit | None, until: date, reason: str, by: User, now: datetime
) -> Extension:
    """Give one unit, or all, time until a day: nothing handed in by then is late or locked by date.

    :raises ImpossibleDates: the day is past, or does not lie after what holds already.
    :raises Refused: the month is closed, the unit files nothing for it, no reason is given, or the person may not.
    """
    period = held(period, by)
    said = require_reason(reason)
    if period.is_closed:
        raise MonthUnchanged(_("%(month)s已经关闭，请先撤销关闭或重新开放有关报表。"), month=month_lazily(period.month))
    if unit is not None and not Assignment.objects.filter(plan=period.plan_id, unit=unit).exists():
        raise ImpossibleDates(_("%(unit)s没有填报任务，不需延期。"), unit=unit.label)
    standing = max(period.due_on, _until(period, unit) or period.due_on)
    if until < now.date() or until <= standing:
        raise ImpossibleDates(
            _("延期至 %(until)s 不起作用：现行截止日是 %(standing)s，今天是 %(today)s。请选更晚的日期。"),
            until=until,
            standing=standing,
            today=now.date(),
        )
    given = Extension.objects.create(period=period, unit=unit, until=until, reason=said, granted_by=by, granted_at=now)
    announcing.announce_extension(given)
    record("month.extend", period, by, unit=unit.code if unit else "", until=str(until), reason=said)
    return given


def _until(period: ReportingMonth, unit: ReportingUnit | None) -> date | None:
    if unit is not None:
        return Extension.objects.until(unit.pk, period.month)
    return period.extensions.filter(unit=None).order_by("-until").values_list("until", flat=True).first()


# What a change does to others ------------------------------------------------------------------


@dataclass(frozen=True)
class Effects:
    """What locking the month would hold back: reports by state, and the figures in them that no total has."""

    n_under_review: int
    n_returned: int
    n_drafts: int
    n_not_begun: int
    n_figures: int

    @property
    def is_harmless(self) -> bool:
        return not (self.n_under_review or self.n_returned or self.n_drafts or self.n_not_begun)


def effects_of_locking(period: ReportingMonth) -> Effects:
    """Count what closing the month, or letting its time run out, holds back; two queries."""
    unapproved = ~Q(approved_filing=F("filing"), approved_filing__isnull=False)
    reports = MonthlyReport.objects.filter(period=period).aggregate(
        n=Count("pk", distinct=True),
        n_under_review=Count("pk", distinct=True, filter=Q(status=ReportStatus.SUBMITTED)),
        n_returned=Count("pk", distinct=True, filter=Q(status=ReportStatus.RETURNED)),
        n_drafts=Count("pk", distinct=True, filter=Q(status=ReportStatus.DRAFT)),
        n_figures=Count("filing__figures", distinct=True, filter=unapproved & Q(filing__figures__state="REPORTED")),
    )
    n_due = facts.due_units(period).count()
    return Effects(
        n_under_review=reports["n_under_review"],
        n_returned=reports["n_returned"],
        n_drafts=reports["n_drafts"],
        n_not_begun=max(n_due - reports["n"], 0),
        n_figures=reports["n_figures"],
    )
