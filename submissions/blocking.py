"""What keeps a report from being submitted: errors, and warnings that nobody answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from submissions import facts, filings, rules
from submissions.models import MonthlyReport
from workplan.lib.refusals import Refused
from workplan.templatetags.figures import plain, sentence


class FindingsBlock(Refused):
    """Errors, or warnings without an explanation, keep the report from being submitted."""

    code = "findings"
    http_status = 422

    def __init__(self, findings: Sequence[rules.Finding], names: Mapping[str, str]) -> None:
        self.findings = list(findings)
        self.names = names
        super().__init__(_("有 %(count)s 处须更正或说明后才能报送。"), count=len(self.findings))

    def errors(self) -> list[dict[str, object]]:
        return [
            {
                "pointer": f"/figures/{finding.indicator}",
                "code": finding.code,
                "severity": str(finding.severity),
                "explanation": finding.key,
                "message": sentence(finding.template, finding.params, finding.shown_as, self.names),
                **_suggested(finding),
            }
            for finding in self.findings
        ]


def _suggested(finding: rules.Finding) -> dict[str, object]:
    meant = finding.suggestion
    return {} if meant is None else {"field": meant.field, "suggestion": plain(meant.value)}


def check_findings(report: MonthlyReport, findings: Sequence[rules.Finding]) -> None:
    """Raise what keeps the report from being submitted: every error, every warning not explained.

    :raises FindingsBlock: with all of them.
    """
    explained = filings.answered(report.begun_filing, findings)
    blocking = [
        finding
        for finding in findings
        if finding.severity == rules.Severity.ERROR
        or (finding.severity == rules.Severity.WARNING and finding.key not in explained)
    ]
    if blocking:
        raise FindingsBlock(blocking, facts.names_of(facts.due_indicators(report.unit, report.period)))
