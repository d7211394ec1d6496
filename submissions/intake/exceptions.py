"""Whom an approval is not to wait for, and why: from what was sent to what is stored with the decision."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from accounts.models import ReportingUnit
from submissions.intake.cells import CellRefused, Cells, InputRefused, clean_text
from submissions.models import MonthlyReport

_CODE = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True)
class ExceptionInput:
    """The codes of units below that an approval need not wait for, and the reason."""

    units: frozenset[str]
    reason: str


def read_exception(
    report: MonthlyReport, units: Iterable[str], reason: object, pointer: str = "/exception/{field}"
) -> ExceptionInput:
    """Return the exception as the service takes it.

    :raises InputRefused: no unit or no reason is given, or a unit does not lie below the report's.
    """
    cells, named = Cells(), list(units)
    text = cells.read(lambda: _reason(reason), "")
    below = ReportingUnit.objects.below(report.unit).exclude(pk=report.unit_id)
    known = set(below.filter(code__in=filter(_CODE.fullmatch, named)).values_list("code", flat=True))
    if not named:
        cells.refusals.append(CellRefused("units", "unit_missing", gettext_noop("请列出不等的下级单位。")))
    template = gettext_noop("下级没有代码为“%(code)s”的单位。")
    cells.refusals += [
        CellRefused("units", "unknown_unit", template, code=code[:40]) for code in named if code not in known
    ]
    if cells.refusals:
        raise InputRefused([one.at(pointer.format(field=one.field)) for one in cells.refusals])
    return ExceptionInput(frozenset(known), text)


def _reason(raw: object) -> str:
    text = clean_text(raw, "reason")
    if not text:
        raise CellRefused("reason", "reason_missing", gettext_noop("请写明例外的原因。"))
    return text
