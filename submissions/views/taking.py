"""Taking a list away: who may, under which name, and the entry in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from accounts import audit, permissions
from workplan.lib import sheets
from workplan.lib.sheets import Sheet


def for_takers(view: Callable[..., FileResponse]) -> Callable[..., FileResponse]:
    """Open a download to people who may take lists away; whether they see the list is for the view to ask."""

    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> FileResponse:
        if not permissions.may_export(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


def taken(request: HttpRequest, table: str, named: object, *tables: Sheet, **asked: object) -> FileResponse:
    """Hand out the tables as a workbook called after the first and `named`, entered in the audit trail before."""
    audit.record_taken(table, by=request.user, **asked)
    return sheets.workbook_response(f"{tables[0].name}_{named}.xlsx", tables)
