from __future__ import annotations

from collections import Counter

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import translation

from accounts.models import ReportingUnit
from submissions import facts, rules
from submissions.known import Known
from submissions.models import Explanation, MonthlyReport
from targets import periods
from targets.models import Plan
from workplan.templatetags.figures import sentence


class Command(BaseCommand):
    help = (
        "Hold approved figures against the rules of today and list what they would object to: every error, and every "
        "warning without an explanation. Changes nothing; exit 1 if there is anything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", help="one month, such as 2007-09")
        parser.add_argument("--unit", help="one unit and those below it, by code")
        parser.add_argument("--rule", help="one rule, such as V08")

    def handle(self, *, month: str | None, unit: str | None, rule: str | None, **options: object) -> None:
        if rule is not None and rule not in rules.RULES:
            raise CommandError(f"There is no rule {rule!r}.")
        reports = _chosen(month, unit)
        n_reports, found = 0, Counter[str]()
        with translation.override("en"):
            for plan in Plan.objects.order_by("year"):
                of_plan = list(reports.filter(period__plan=plan))
                n_reports += len(of_plan)
                found += self._recheck(of_plan, rule)
        if found:
            by_rule = ", ".join(f"{code} {n}" for code, n in sorted(found.items()))
            raise CommandError(f"{found.total()} findings in {n_reports} approved reports ({by_rule}).")
        self.stdout.write(f"{n_reports} approved reports: nothing to object to.")

    def _recheck(self, reports: list[MonthlyReport], rule: str | None) -> Counter[str]:
        """Print what is found in reports of one plan; return how often, by rule."""
        known = Known(reports, standing="approved_filing")
        explained = _explained(reports)
        count = Counter[str]()
        for report in reports:
            names = facts.names_of(known.indicators(report))
            for finding in known.findings(report):
                if rule not in {None, finding.code} or _is_settled(
                    finding, explained.get(report.approved_filing_id, {})
                ):
                    continue
                message = sentence(finding.template, finding.params, finding.shown_as, names)
                self.stdout.write(f"{report.month:%Y-%m} {report.unit.code} {finding.severity} {finding.key} {message}")
                count[finding.code] += 1
        return count


def _chosen(month: str | None, unit: str | None) -> QuerySet[MonthlyReport]:
    reports = MonthlyReport.objects.approved().select_related("unit", "period", "approved_filing")
    if month is not None:
        try:
            reports = reports.filter(period__month=periods.parse_month(month))
        except ValueError as error:
            raise CommandError(str(error)) from error
    if unit is not None:
        chosen = ReportingUnit.objects.filter(code=unit).first()
        if chosen is None:
            raise CommandError(f"There is no unit {unit!r}.")
        reports = reports.filter(unit__path__startswith=chosen.path)
    return reports.order_by("period", "unit__position", "unit__code")


def _explained(reports: list[MonthlyReport]) -> dict[int | None, dict[str, str]]:
    """Return what was explained: filing → finding → the digest of what it answers."""
    rows = Explanation.objects.filter(filing__in=[report.approved_filing_id for report in reports])
    explained: dict[int | None, dict[str, str]] = {}
    for filing, rule, code, answers in rows.values_list("filing_id", "rule", "indicator__code", "answers"):
        explained.setdefault(filing, {})[f"{rule}:{code}"] = answers
    return explained


def _is_settled(finding: rules.Finding, explained: dict[str, str]) -> bool:
    """Say whether nothing is left to object to: information, or a warning answered as it stands now."""
    if finding.severity == rules.Severity.INFO:
        return True
    is_answered = explained.get(finding.key) in {"", finding.digest}
    return finding.severity == rules.Severity.WARNING and is_answered
