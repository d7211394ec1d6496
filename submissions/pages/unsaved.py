"""What a person typed and the server did not take, as a workbook to keep (acceptance.md F-19)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import User
from submissions.forms import ReportForm
from submissions.patches import Patch, PatchCell
from targets import periods
from targets.models import Indicator
from workplan.lib.sheets import Column, Sheet


def unsaved_patch(form: ReportForm, person: User) -> str:
    """Return what was typed on a form and not stored, as a page sends cells; "" where there is nothing."""
    month = periods.format_month(form.told.report.month)
    cells = [
        {"month": month, "name": cell.name, "text": cell.text, "seen": cell.seen or ""}
        for cell in form.cells.values()
        if cell.is_mine
    ]
    body = {"person": person.pk, "scale": form.scale, "cells": cells}
    return json.dumps(body, ensure_ascii=False) if cells else ""


def unsaved_sheet(patch: Patch) -> Sheet:
    """Return one row per cell: where it stands, what was typed, what stood there before."""
    names = {one.code: one.label for one in Indicator.objects.all()}
    columns = [
        Column("month", _("报告期")),
        Column("code", _("代码")),
        Column("name", _("名称")),
        Column("cell", _("单元格"), width=28),
        Column("text", _("您填的")),
        Column("seen", _("原值")),
    ]
    return Sheet(_("未保存"), columns, [_row(cell, names) for cell in patch.cells])


def _row(cell: PatchCell, names: Mapping[str, str]) -> dict[str, str | None]:
    code = cell.name.partition(".")[2].partition(".")[0]
    return {
        "month": periods.format_month(cell.month),
        "code": code,
        "name": names.get(code),
        "cell": cell.name,
        "text": cell.text,
        "seen": cell.seen or None,
    }
