"""Judges the demonstration's months as they were published, and enters the measures that leads took meanwhile."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reporting.demo import people
from reporting.demo.data import Demo, MeasureStory
from reporting.demo.play import MONTH_MOVES_AT
from reporting.models import EarlyWarning
from reporting.warnings import checking, services
from submissions.models import ReportingMonth
from targets.models import Plan
from workplan.lib import clock

#: Measures are entered in the afternoon.
ANSWERED_AT = time(16, 0)


@transaction.atomic
def warn(demo: Demo) -> None:
    """Judge each published month on the day it was published, and at last what is known by now. Safe to repeat."""
    plan = Plan.objects.get(year=demo.year)
    checking.hold()
    this_round = checking.Round(plan)
    waiting = sorted(demo.measures, key=lambda row: row["on"])
    published = ReportingMonth.objects.filter(plan=plan, published_at__isnull=False).order_by("month")
    for period in published:
        day = demo.published_on.get(period.month, timezone.localtime(period.published_at).date())
        while waiting and date.fromisoformat(waiting[0]["on"]) < day:
            _answer(plan, waiting.pop(0))
            this_round.reread()
        this_round.judge(now=_moment(day, MONTH_MOVES_AT), through=period.month)
    this_round.judge(now=clock.now())
    checking.take_notes(plan)
    checking.note_check(plan, now=clock.now())


def _answer(plan: Plan, row: MeasureStory) -> None:
    """Enter the measure, unless somebody has."""
    of_unit = EarlyWarning.objects.filter(plan=plan, rule__code=row["rule"], unit__code=row["unit"])
    warning = of_unit.order_by("-episode").first()
    lead = User.objects.get(username=people.lead_of(row["unit"]))
    if warning is None or warning.events.filter(by__isnull=False).exists():
        return
    services.acknowledge(
        warning,
        by=lead,
        now=_moment(date.fromisoformat(row["on"]), ANSWERED_AT),
        measure=row["measure"],
        responsible=row["responsible"],
        planned_on=date.fromisoformat(row["planned_on"]),
        seen=warning.events.order_by("-pk")[0].pk,
    )


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, timezone.get_default_timezone())
