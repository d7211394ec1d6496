"""What changed in a published month: what was published, what stands now, and the approvals that changed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.aggregates import ProgressRow, row_value, value_of
from reporting.models import Snapshot, SnapshotRow, Total
from submissions.models import Decision, Figure, FigureState, Filing, ReportingMonth, Verb
from targets.models import Indicator


@dataclass(frozen=True)
class Cause:
    """One approval after publication that changed a filed figure; without a reason where the report came late."""

    unit: ReportingUnit
    month: date
    indicator: Indicator
    old: Decimal | None
    new: Decimal | None
    reason: str
    at: datetime

    @property
    def is_late(self) -> bool:
        """Say whether nothing had been approved before."""
        return not self.reason


@dataclass(frozen=True)
class Revision:
    """One published figure that no longer stands as it was published. A rate is Σ numerators ÷ Σ denominators."""

    row: ProgressRow | Total
    old: Decimal | None
    new: Decimal | None
    causes: tuple[Cause, ...]
    #: All that was published of it, parts included.
    was: SnapshotRow

    @property
    def at(self) -> datetime | None:
        """When it last changed; None where the causes are not open to the reader."""
        return max((cause.at for cause in self.causes), default=None)


def revisions(
    person: permissions.Person, period: ReportingMonth, rows: Iterable[ProgressRow]
) -> dict[tuple[int, int], Revision]:
    """Return the revised among the rows of a published month, by unit and indicator (ids), with what changed them.

    Shape: empty, and no query, where nothing was revised; else two queries however many rows.
    Source: contract 3 (versions): the newest approved figure stands, with what was published beside it.
    """
    revised = [(row, row.published, row.value) for row in rows if row.is_revised and row.published is not None]
    return _told(person, period, revised)


def revised_totals(
    person: permissions.Person, period: ReportingMonth, totals: Iterable[Total]
) -> dict[tuple[int, int], Revision]:
    """Return the revised among the stored totals of one month as `revisions` does; their units and indicators are read.

    Shape: empty, and no query, before the month is published; else three queries however many totals.
    """
    totals = list(totals)
    if not period.is_published:
        return {}
    keys = {"unit__in": [one.unit_id for one in totals], "indicator__in": [one.indicator_id for one in totals]}
    published = {
        (was.unit_id, was.indicator_id): was for was in SnapshotRow.objects.filter(snapshot=period.month, **keys)
    }
    revised = [
        (one, was, row_value(one))
        for one in totals
        if (was := published.get((one.unit_id, one.indicator_id))) is not None and was.worth != one.worth
    ]
    return _told(person, period, revised)


def _told(
    person: permissions.Person,
    period: ReportingMonth,
    revised: Sequence[tuple[ProgressRow | Total, SnapshotRow, Decimal | None]],
) -> dict[tuple[int, int], Revision]:
    """Return each row with what was published of it, what stands and why, by unit and indicator (ids)."""
    if not revised:
        return {}
    causes = _causes(person, period, {row.indicator.pk: row.indicator for row, _was, _new in revised})
    found = {}
    for row, was, new in revised:
        was.indicator = row.indicator
        found[row.unit.pk, row.indicator.pk] = Revision(row, row_value(was), new, _below(row, causes), was)
    return found


def _below(row: ProgressRow | Total, causes: Mapping[int, list[Cause]]) -> tuple[Cause, ...]:
    """Return what changed the figure: approvals of its own unit and of those below."""
    return tuple(cause for cause in causes[row.indicator.pk] if cause.unit.path.startswith(row.unit.path))


def _causes(
    person: permissions.Person, period: ReportingMonth, indicators: dict[int, Indicator]
) -> dict[int, list[Cause]]:
    """Return what was approved since the publication and is open to the person, by indicator id, oldest first."""
    newer = (
        Decision.objects.filter(
            verb=Verb.APPROVE,
            pk__gt=Snapshot.objects.filter(pk=period.month).values("last_decision"),
            report__period__plan=period.plan_id,
            report__period__lte=period.month,
        )
        .select_related("filing", "report__unit", "report__period")
        .order_by("pk")
    )
    decisions = [one for one in newer if _is_open(person, one)]
    filings = {filing for one in decisions for filing in (one.filing_id, one.filing.supersedes_id) if filing}
    stood: dict[tuple[int | None, int], Figure] = {
        (figure.filing_id, figure.indicator_id): figure
        for figure in Figure.objects.filter(filing__in=filings, indicator__in=indicators)
    }
    causes: dict[int, list[Cause]] = defaultdict(list)
    for one in decisions:
        for pk, indicator in indicators.items():
            old, new = stood.get((one.filing.supersedes_id, pk)), stood.get((one.filing_id, pk))
            if _said(old) != _said(new):
                reason = _reason(one.filing)
                causes[pk].append(
                    Cause(one.report.unit, one.report.month, indicator, _worth(old, indicator), _worth(new, indicator),
                          reason, one.at)
                )  # fmt: skip
    return causes


def _is_open(person: permissions.Person, decision: Decision) -> bool:
    """An earlier month that is itself not published keeps its reasons to itself."""
    report = decision.report
    return report.period.is_published or permissions.sees_unpublished(person, report.unit)


def _reason(filing: Filing) -> str:
    return filing.reason if filing.supersedes_id is not None else ""


def _said(figure: Figure | None) -> tuple[object, ...] | None:
    """Return what counts in totals: a figure that was not reported is passed over like one that is missing."""
    if figure is None or figure.state == FigureState.NOT_REPORTED:
        return None
    return (figure.state, figure.value, figure.numerator, figure.denominator, figure.persons)


def _worth(figure: Figure | None, indicator: Indicator) -> Decimal | None:
    return None if figure is None else value_of(indicator, figure.value, figure.numerator, figure.denominator)
