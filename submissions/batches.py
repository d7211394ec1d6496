"""Drafts of many reports saved at once: what `services.save_draft` does to one, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from accounts import audit
from accounts.models import User
from submissions import announcing, filings, rules
from submissions.intake import FigureInput, MilestoneInput
from submissions.known import Known
from submissions.models import Figure, Filing, MonthlyReport, Verb
from submissions.services import StaleVersion, check_items
from submissions.workflow import check_step

#: Rows per statement.
BATCH = 5_000


@dataclass(frozen=True)
class DraftChange:
    """What is to be saved in one report, as it was read: saved or not, at its version."""

    report: MonthlyReport
    figures: Sequence[FigureInput]
    #: What is answered to the warnings about an indicator, by its code.
    answers: Mapping[str, str] = field(default_factory=dict)
    milestones: Sequence[MilestoneInput] = ()


@transaction.atomic
def save_drafts(
    changes: Sequence[DraftChange],
    *,
    by: User,
    now: datetime,
    origin: Mapping[str, object] | None = None,
    step: Callable[[], None] = lambda: None,
) -> int:
    """Save the changes of all the reports or of none; return how many reports were saved.

    `origin` goes into each audit entry, beside the changes; `step` is called between the great statements and may
    raise to stop.

    :raises StaleVersion: a report moved on since it was read.
    :raises NotYourItem: a milestone of the nation is another person's to report.
    :raises Refused: state, person or window does not allow editing one of them.
    """
    if not changes:
        return 0
    _check_at_once()
    locked = _locked(_begun(changes))
    pairs = [(locked[one.report.unit_id, one.report.period_id], one) for one in changes]
    for report, change in pairs:
        check_step(Verb.SAVE, report, by=by, today=now.date())
        if report.version != change.report.version:
            raise StaleVersion(report)
        check_items(report, (one.milestone for one in change.milestones), by)
    step()
    _write_figures(pairs)
    given = ((report.begun_filing, one) for report, change in pairs for one in change.milestones)
    filings.upsert_milestones(given, batch_size=BATCH)
    step()
    _answer_warnings(pairs)
    announcing.settle_asking([report for report, _change in pairs], now=now)
    MonthlyReport.objects.filter(pk__in=[report.pk for report, _change in pairs]).update(version=F("version") + 1)
    step()
    audit.record_many("report.save", by=by, entries=[_entry(report, change, origin or {}) for report, change in pairs])
    return len(pairs)


def _check_at_once() -> None:
    """Have foreign keys checked after each statement of the transaction.

    Left to the end, their waiting list is read again by every call of a trigger: the time grows with the square.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _begun(changes: Sequence[DraftChange]) -> list[tuple[int, object]]:
    """Begin the reports nobody has begun, each with an empty first filing; return the keys of all."""
    keys = [(one.report.unit_id, one.report.period_id) for one in changes]
    missing = [one.report for one in changes if one.report.pk is None]
    if missing:
        fresh = [MonthlyReport(unit_id=report.unit_id, period_id=report.period_id) for report in missing]
        MonthlyReport.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=BATCH)
        begun = MonthlyReport.objects.filter(
            unit__in={report.unit_id for report in missing}, period__in={report.period_id for report in missing}
        )
        empty = begun.filter(filing=None)
        Filing.objects.bulk_create([Filing(report=report, number=1) for report in empty], batch_size=BATCH)
        first = Filing.objects.filter(report=OuterRef("pk"), number=1)
        empty.update(filing=Subquery(first.values("pk")[:1]))
    return keys


def _locked(keys: Sequence[tuple[int, object]]) -> dict[tuple[int, object], MonthlyReport]:
    """Return the reports as they are now, held with their months until the transaction ends, always in one order."""
    months = sorted({month for _unit, month in keys})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM submissions_reportingmonth WHERE month = ANY(%s) ORDER BY month FOR SHARE", [months]
        )
    reports = (
        MonthlyReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit__parent", "period", "filing__submitted_by")
        .filter(unit__in={unit for unit, _month in keys}, period__in=months)
        .order_by("pk")
    )
    wanted = set(keys)
    return {key: one for one in reports if (key := (one.unit_id, one.period_id)) in wanted}


def _write_figures(pairs: Sequence[tuple[MonthlyReport, DraftChange]]) -> None:
    cleared = {
        (report.filing_id, figure.indicator.pk) for report, one in pairs for figure in one.figures if figure.is_cleared
    }
    if cleared:
        stored = Figure.objects.filter(
            filing__in={filing for filing, _indicator in cleared},
            indicator__in={indicator for _filing, indicator in cleared},
        ).values_list("filing_id", "indicator_id", "pk")
        gone = [pk for filing, indicator, pk in stored if (filing, indicator) in cleared]
        Figure.objects.filter(pk__in=gone).delete()
    filings.upsert_figures(
        (report.begun_filing.pk, figure) for report, one in pairs for figure in one.figures if not figure.is_cleared
    )


def _answer_warnings(pairs: Sequence[tuple[MonthlyReport, DraftChange]]) -> None:
    """Give each warning the answer given for its indicator, as the figures now stand."""
    answered = [(report, change.answers) for report, change in pairs if change.answers]
    if not answered:
        return
    known = Known([report for report, _answers in answered])
    for report, answers in answered:
        warned = [one for one in known.findings(report) if one.severity == rules.Severity.WARNING]
        given = {one.key: answers[one.indicator] for one in warned if one.indicator in answers}
        filings.write_explanations(report.begun_filing, given, warned)


def _entry(
    report: MonthlyReport, change: DraftChange, origin: Mapping[str, object]
) -> tuple[MonthlyReport, dict[str, object]]:
    changes = {figure.indicator.code: figure.as_text() for figure in change.figures}
    changes |= {one.milestone.code: one.as_text() for one in change.milestones}
    return report, {"version": report.version + 1, "changes": changes, **origin}
