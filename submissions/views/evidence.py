"""Evidence at the form and for download: taken with the draft, handed out to whoever may open the report."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit, permissions
from accounts.audit_words import REFUSED
from submissions.evidence import files
from submissions.evidence.handing import handed_out
from submissions.evidence.refusals import StoreDown
from submissions.models import EvidenceFile, MonthlyReport, StoredFile
from submissions.opening import report_open_to
from targets import periods
from targets.models import Milestone
from workplan.lib import clock
from workplan.lib.refusals import Refused
from workplan.lib.sheets import clean_text

#: How the form names the place for a file: evidence.M01-1.
FIELD = "evidence."


@require_safe
def download(request: HttpRequest, month: date, code: str, key: uuid.UUID) -> HttpResponse:
    """Hand out a clean file, to be saved and never shown by the browser; whatever is not open reads like none."""
    report = report_open_to(request.user, month, code)
    if report.pk is None:
        raise Http404
    evidence = EvidenceFile.objects.clean().filter(filing__report=report)
    if not permissions.sees_drafts(request.user, report.unit):
        evidence = evidence.filter(filing=report.approved_filing_id)
    row = get_object_or_404(evidence, pk=key)
    try:
        return handed_out(row)
    except StoreDown as refusal:
        context = {"report": report, "name": row.name, "problem": refusal}
        return render(request, "submissions/evidence_down.html", context, status=refusal.http_status)


def is_asked(request: HttpRequest) -> bool:
    """Say whether the form brings a file or takes one away."""
    return bool(_chosen(request)) or "remove" in request.POST


def take(request: HttpRequest, report: MonthlyReport) -> str:
    """Do what the form asks for with evidence; return the code of the milestone it was at.

    :raises Refused: a file is not taken, or the report cannot be edited; files before it are kept.
    """
    now = clock.now()
    if "remove" in request.POST:
        row = _removed(request, report)
        messages.success(request, _("已移除“%(name)s”。") % {"name": row.name})
        return row.milestone.code
    code = ""
    for code in _chosen(request):
        milestone = get_object_or_404(
            Milestone.objects.filter(item__plan_id=report.period.plan_id).filed_by(report.unit), code=code
        )
        upload = request.FILES[FIELD + code]
        content = upload.read(settings.EVIDENCE_FILE_BYTES + 1)
        try:
            row = files.add(report, milestone, name=upload.name, content=content, by=request.user, now=now)
        except Refused as refusal:
            _record(request, report, code, upload.name, content, refusal)
            raise
        tell(request, row)
    return code


def _record(
    request: HttpRequest, report: MonthlyReport, milestone: str, name: str, content: bytes, refusal: Refused
) -> None:
    """Put what was not taken into the audit trail: whose file at which milestone, and what kept it out."""
    details = {
        "unit": report.unit.code,
        "month": periods.format_month(report.month),
        "milestone": milestone,
        **not_taken(name, content, refusal),
    }
    obj = None if report.pk is None else report
    audit.record(f"evidence.add{REFUSED}", by=request.user, obj=obj, details=details)


def not_taken(name: str, content: bytes, refusal: Refused) -> dict[str, object]:
    """Return what the audit trail says of a file that was not taken."""
    digest = hashlib.sha256(content).hexdigest()
    return {"name": clean_text(name)[:200], "size": len(content), "file": digest, "code": refusal.code}


def _chosen(request: HttpRequest) -> list[str]:
    return [name.removeprefix(FIELD) for name in request.FILES if name.startswith(FIELD)]


def _removed(request: HttpRequest, report: MonthlyReport) -> EvidenceFile:
    try:
        return files.remove(report, uuid.UUID(request.POST["remove"]), by=request.user, now=clock.now())
    except (ValueError, EvidenceFile.DoesNotExist) as error:
        raise Http404 from error


def tell(request: HttpRequest, row: StoredFile) -> None:
    """Say what became of a file: it was taken, or kept apart."""
    if row.is_clean:
        messages.success(request, _("已上传“%(name)s”。") % {"name": row.name})
        return
    said = _("“%(name)s”含有病毒特征，已隔离，任何人都不能下载。请用杀毒软件检查电脑；安全管理员会看到这条记录。")
    messages.error(request, said % {"name": row.name})
