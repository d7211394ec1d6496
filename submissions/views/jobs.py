"""A person's imports in the background: watch, cancel, try again, import what was checked."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import permissions
from accounts.models import User
from submissions.jobs import desk
from submissions.models import ImportJob
from submissions.pages.jobs import any_active, job_rows
from submissions.views.posted import refuse_foreign
from workplan.lib.refusals import Refused
from workplan.lib.sheets import Column, csv_response


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Show the person's jobs; asked for by htmx, only their list."""
    if not permissions.may_file_at_all(request.user):
        raise PermissionDenied
    rows = job_rows(request.user)
    template = "submissions/_jobs.html" if request.htmx else "submissions/jobs.html"
    return render(request, template, {"rows": rows, "is_active": any_active(rows)})


@require_POST
def cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _act(request, key, "import.cancel", desk.cancel, _("已请求取消；未完成的导入不写入任何内容。"))


@require_POST
def retry(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _act(request, key, "import.queue", desk.retry, _("已重新排队。"))


@require_POST
def import_checked(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _act(request, key, "import.queue", desk.import_checked, _("已排队导入，完成后写入草稿。"))


@require_safe
def errors(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    """Answer the list of a job's faults as CSV."""
    job = _own(request, key)
    told = job.told or {}
    if not told.get("errors"):
        raise Http404
    columns = [
        Column("row", _("行")),
        Column("column", _("列")),
        Column("code", _("规则")),
        Column("message", _("问题")),
        Column("suggestion", _("可改为")),
    ]
    name = _("导入错误_%(name)s.csv") % {"name": (job.name or job.kind).rsplit(".", 1)[0][:80]}
    return csv_response(name, columns, told["errors"])


def _act(request: HttpRequest, key: uuid.UUID, action: str, step: Callable[..., ImportJob], said: str) -> HttpResponse:
    job = _own(request, key)
    try:
        refuse_foreign(request, action)
        step(job, by=_person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("submissions:imports")


def _own(request: HttpRequest, key: uuid.UUID) -> ImportJob:
    """Return the person's own job; another's reads like none."""
    job: ImportJob = get_object_or_404(ImportJob.objects.visible_to(_person(request)), pk=key)
    return job


def _person(request: HttpRequest) -> User:
    if not permissions.may_file_at_all(request.user):
        raise PermissionDenied
    person: User = request.user
    return person
