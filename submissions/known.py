"""From rows to the facts of the rules: everything known about some reports, read set by set.

One report costs the same queries as all reports of a month, so the form, the review desk and the nightly check ask
the same rules the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from submissions import rules
from submissions.facts import Standing
from submissions.ground import Ground
from submissions.intake import FigureInput
from submissions.models import (
    Excuse,
    Extension,
    Figure,
    FigureState,
    Filing,
    MonthlyReport,
    Outcome,
    Release,
    ReportingMonth,
)
from submissions.peers import Moves
from targets.models import Indicator, Target

#: Who files beside a unit and is not counted in it, though other statistics do: Xinjiang without the corps.
COUNTED_APART = {"650000": "660000"}

Key = tuple[int, date]


class Known:
    """What the rules need to know about reports of one plan year, by unit and month.

    ``ground`` is what no report moves; without it, it is read for the units of these reports.
    """

    def __init__(
        self, reports: Iterable[MonthlyReport], *, standing: Standing = "filing", ground: Ground | None = None
    ) -> None:
        self.reports = list(reports)
        self.standing = standing
        if not self.reports:
            return
        Extension.objects.read_for(self.reports)
        self.plan_id = self.reports[0].period.plan_id
        self.units = {report.unit_id: report.unit for report in self.reports}
        self.ground = ground or Ground.of(self.reports[0].period, self.units)
        self._filing_of = self._filings()
        self._read_arrivals()
        self._figures = self._filed()
        self._excuses = list(
            Excuse.objects.standing().filter(unit__in=self.units).select_related("indicator", "granted_by")
        )
        self._separate = self._counted_apart()
        self._flash = self._flash_figures()
        self._moves = Moves(self.reports)

    # What a page shows beside the findings --------------------------------------------------------

    def indicators(self, report: MonthlyReport) -> list[Indicator]:
        """Return the indicators due in the report, by code."""
        due = self.ground.indicators.get(report.unit_id, [])
        return [one for one in due if report.period.is_due(one.frequency)]

    def figures(self, report: MonthlyReport) -> dict[int, Figure]:
        """Return what stands in the report, by indicator id."""
        return self._figures.get((report.unit_id, report.month), {})

    def targets(self, report: MonthlyReport) -> Mapping[int, Target]:
        return self.ground.targets.get(report.unit_id, {})

    def history(self, report: MonthlyReport) -> dict[int, dict[int, Figure]]:
        """Return the reported figures of earlier months of the plan year: indicator id → month → figure."""
        earlier: dict[int, dict[int, Figure]] = {}
        for (unit_id, month), figures in self._figures.items():
            if unit_id != report.unit_id or month >= report.month:
                continue
            for indicator_id, figure in figures.items():
                if figure.state == FigureState.REPORTED:
                    earlier.setdefault(indicator_id, {})[month.month] = figure
        return earlier

    def previous(self, report: MonthlyReport) -> dict[int, Figure]:
        """Return each indicator's newest reported figure of an earlier month."""
        return {indicator_id: by_month[max(by_month)] for indicator_id, by_month in self.history(report).items()}

    def suppose(self, report: MonthlyReport, figures: Iterable[FigureInput]) -> None:
        """Take the figures as if the report's draft held them: what is asked from here on is asked of them."""
        standing = self._figures.setdefault((report.unit_id, report.month), {})
        for one in figures:
            standing.pop(one.indicator.pk, None)
            if not one.is_cleared:
                standing[one.indicator.pk] = one.as_row(report.filing)

    # The facts ------------------------------------------------------------------------------------

    def facts(self, report: MonthlyReport) -> rules.ReportFacts:
        """Return the report as the rules take it: every due indicator, filed or not."""
        due = self.indicators(report)
        code_of = {one.pk: one.code for one in due}
        filing = self._filing_of.get((report.unit_id, report.month))
        handed_in = None if filing is None else report.came_with(filing)
        return rules.ReportFacts(
            month=report.month.month,
            figures=self._figure_facts(report, due, filing),
            part_of={one.code: code_of[one.part_of_id] for one in due if one.part_of_id in code_of},
            references=self.ground.references.get(report.unit_id, {}),
            excuses=self._excused(report),
            is_correction=filing is not None and filing.supersedes_id is not None,
            due_on=report.due_on,
            handed_in_on=None if handed_in is None else timezone.localdate(handed_in),
        )

    def findings(self, report: MonthlyReport) -> list[rules.Finding]:
        """Return what the rules find, on the terms of the report's month."""
        return rules.check(self.facts(report), self.ground.book.in_month(report.month))

    def _figure_facts(
        self, report: MonthlyReport, due: Sequence[Indicator], filing: Filing | None
    ) -> dict[str, rules.FigureFacts]:
        figures, history, targets = self.figures(report), self.history(report), self.targets(report)
        is_correction = filing is not None and filing.supersedes_id is not None
        return {
            one.code: rules.FigureFacts(
                code=one.code,
                kind=one.kind,
                unit_of_measure=one.unit_of_measure,
                month=report.month.month,
                frequency=one.frequency,
                decimals=one.decimals,
                declared_parts=[
                    rules.PartFacts(part.code, part.share_low, part.share_high) for part in one.filed_parts.all()
                ],
                has_persons=one.has_persons,
                is_correction=is_correction,
                peers=self._moves.beside(report, one),
                flash=self._flash.get((report.pk, one.pk)),
                separate=self._separate.get((report.unit_id, one.pk)),
                **_filed(figures.get(one.pk)),
                **_earlier(history.get(one.pk, {})),
                **_held_against(targets.get(one.pk)),
            )
            for one in due
        }

    def _excused(self, report: MonthlyReport) -> dict[str, rules.ExcuseFacts]:
        return {
            f"{one.rule}:{one.indicator.code}": rules.ExcuseFacts(one.reason, one.granted_by.label, one.until)
            for one in self._excuses
            if one.unit_id == report.unit_id and one.since <= report.month <= one.until
        }

    # The queries ----------------------------------------------------------------------------------

    def _filings(self) -> dict[Key, Filing]:
        """Return the filing that stands for each unit and month up to the newest report asked about."""
        newest = max(report.month for report in self.reports)
        held = MonthlyReport.objects.filter(unit__in=self.units, period__plan_id=self.plan_id, period__lte=newest)
        filings = {
            (one.unit_id, one.period_id): getattr(one, self.standing)
            for one in held.exclude(**{self.standing: None}).select_related(self.standing, "period")
        }
        for report in self.reports:
            in_work = getattr(report, self.standing)
            filings.pop((report.unit_id, report.month), None)
            if in_work is not None:
                filings[report.unit_id, report.month] = in_work
                in_work.report = report
        return filings

    def _read_arrivals(self) -> None:
        """Read when the reports first came that were handed in again after their due date."""
        standing = [(one, self._filing_of.get((one.unit_id, one.month))) for one in self.reports]
        Filing.objects.read_first_for(
            one
            for one, filing in standing
            if filing is not None and filing.number > 1 and one.is_late(filing.submitted_at)
        )

    def _filed(self) -> dict[Key, dict[int, Figure]]:
        """Return the figures of those filings; they are read before what hangs on them, as joins are slower."""
        by_filing = {filing.pk: (key, filing) for key, filing in self._filing_of.items()}
        filed: dict[Key, dict[int, Figure]] = {}
        for figure in Figure.objects.filter(filing__in=list(by_filing)):
            key, figure.filing = by_filing[figure.filing_id]
            filed.setdefault(key, {})[figure.indicator_id] = figure
        return filed

    def _counted_apart(self) -> dict[Key | tuple[int, int], Decimal]:
        """Return, for units that are counted without another, the other's newest published figures."""
        apart = {unit.pk: COUNTED_APART[unit.code] for unit in self.units.values() if unit.code in COUNTED_APART}
        if not apart:
            return {}
        published = ReportingMonth.objects.filter(plan_id=self.plan_id, published_at__isnull=False).order_by("-month")
        rows = Figure.objects.filter(
            filing__in=MonthlyReport.objects.filter(unit__code__in=apart.values(), period__in=published[:1]).values(
                "approved_filing"
            ),
            state=FigureState.REPORTED,
            value__isnull=False,
        ).values_list("filing__report__unit__code", "indicator_id", "value")
        of_other = {(code, indicator_id): value for code, indicator_id, value in rows}
        return {
            (unit_id, indicator_id): value
            for unit_id, other in apart.items()
            for (code, indicator_id), value in of_other.items()
            if code == other
        }

    def _flash_figures(self) -> dict[tuple[int | None, int], Decimal]:
        """Return the approved flash values of the reports whose filing is the final one, by report and indicator."""
        final = [filing.report_id for filing in self._filing_of.values() if filing.release == Release.FINAL]
        if not final:
            return {}
        rows = (
            Figure.objects.filter(
                filing__report__in=final, filing__release=Release.FLASH, filing__outcome=Outcome.APPROVED
            )
            .filter(~Q(value=None))
            .order_by("filing__number")
            .values_list("filing__report_id", "indicator_id", "value")
        )
        return {(report_id, indicator_id): value for report_id, indicator_id, value in rows}


def _filed(figure: Figure | None) -> dict[str, object]:
    if figure is None:
        return {}
    return {
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "persons": figure.persons,
        "parts": {code: Decimal(text) for code, text in figure.parts.items()},
        "state": figure.state,
        "note": figure.note,
    }


def _earlier(by_month: Mapping[int, Figure]) -> dict[str, object]:
    if not by_month:
        return {}
    newest = max(by_month)
    return {
        "previous_value": by_month[newest].value,
        "previous_numerator": by_month[newest].numerator,
        "previous_denominator": by_month[newest].denominator,
        "previous_month": newest,
        "history": {month: figure.value for month, figure in by_month.items() if figure.value is not None},
    }


def _held_against(target: Target | None) -> dict[str, object]:
    if target is None:
        return {}
    return {"bound": target.bound, "baseline_value": target.baseline_value, "target_value": target.target_value}
