"""A clerk asks the unit's lead to sign a draft (请审签).

No step of the workflow: the report stays as it is, and so does its version. The request is bound to that version and
ends with it, whatever moves the report on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import ReportingUnit, Role, User
from submissions import announcing, blocking, holding, services
from submissions.known import Known
from submissions.models import MonthlyReport
from submissions.trail import step
from submissions.workflow import check_asking
from workplan.lib.refusals import Refused

#: What the trail calls it.
ACT = "ask_to_sign"


class NobodySigns(Refused):
    """The unit has no lead to ask."""

    code = "no_lead"


@step(ACT)
def ask_to_sign(
    report: MonthlyReport,
    *,
    by: User,
    now: datetime,
    version: int,
    explanations: Mapping[str, str] | None = None,
) -> MonthlyReport:
    """Tell the unit's leads that the version is ready to be submitted; who asks for it again changes nothing.

    ``explanations`` are saved first, as a version of their own.

    :raises FindingsBlock: an error stands, or a warning has no explanation: it could not be submitted.
    :raises StaleVersion: the report moved on since ``version``.
    :raises NobodySigns: the unit has no lead.
    :raises Refused: state, person or window does not allow it.
    """
    report = holding.begun(report)
    check_asking(report, by=by, today=now.date())
    services.check_version(report, version)
    if explanations:
        report = services.save_draft(report, by=by, now=now, version=version, explanations=explanations)
    blocking.check_findings(report, Known([report]).findings(report))
    signers = signers_of(report.unit)
    if not signers:
        raise NobodySigns(
            _("%(unit)s没有可以报送的负责人账户，无法请审签。请联系系统管理员为本单位开设负责人账户。"),
            unit=report.unit.short_name,
        )
    if report.is_signing_asked:
        return report
    report.signing_asked_by, report.signing_asked_at, report.signing_asked_for = by, now, report.version
    report.save(update_fields=["signing_asked_by", "signing_asked_at", "signing_asked_for"])
    announcing.announce_asking(report, signers)
    audit.record(f"report.{ACT}", by=by, obj=report, details={"version": report.version})
    return report


def signers_of(unit: ReportingUnit) -> set[int]:
    """Return the unit's leads today (ids); nobody where it has none."""
    return permissions.bureau_people([unit], {Role.LEAD})[unit.pk]
