"""Where a table that leaves the portal comes from: the lines that stand above it in every workbook."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Person
from targets.models import Plan


def source_lines(person: Person, *told: str, now: datetime, plan: Plan | None = None) -> list[str]:
    """Return the source, what else is told of the table, by whom it was taken and when."""
    of_plan = _("来源：年度工作要点目标管理平台，%(plan)s（%(number)s）")
    return [
        of_plan % {"plan": plan.label, "number": plan.number} if plan else _("来源：年度工作要点目标管理平台"),
        *told,
        _("导出：%(person)s，%(moment)s") % {"person": person, "moment": minute(now)},
    ]


def minute(moment: datetime) -> str:
    """Return a moment by the clock of the office, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
