"""Why a figure is as it is, in its unit's own words: one rule for the leader's screen, the circular and the letters.

What a lead undertook against an early warning stands beside it for whoever may read answers; the circular and the
letters go to others and tell none of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from accounts import permissions
from reporting.aggregates import ProgressRow
from reporting.warnings import checking
from reporting.warnings.models import WarningEvent, WarningEventKind
from submissions.models import Explanation, Figure, MonthlyReport, ReportingMonth
from targets.models import Kind

Key = tuple[int, int]
#: Reasons by unit and indicator (ids).
Reasons = dict[Key, str]
#: What an answer to a warning stays through: it is taken back by what raises the warning anew, and ends with it.
_LASTING = frozenset({WarningEventKind.STANDS, WarningEventKind.RECOVERING})


def reasons_given(period: ReportingMonth, rows: Iterable[ProgressRow]) -> Reasons:
    """Return what units said of their figures with approved reports: the answer to a rule, else the note.

    A figure that stands since an earlier month was explained then. What arose in the year counts to its end, so of a
    zero the newest words of the year hold. Approved words only: the ministry has read them.

    Shape: one text per unit and indicator of the rows; three queries whatever the rows.
    None: left out where nothing was said.
    """
    since = {(row.unit.pk, row.indicator.pk): _since(row, period) for row in rows}
    said: dict[Key, dict[date, str]] = defaultdict(dict)
    for key, month, text in _words(period, {unit for unit, _indicator in since}):
        if key in since and month >= since[key]:
            said[key][month] = text
    return {key: by_month[max(by_month)] for key, by_month in said.items()}


def measures_taken(
    person: permissions.Person, period: ReportingMonth, rows: Iterable[ProgressRow]
) -> dict[Key, WarningEvent]:
    """Return the measures that stood in the month against warnings of the rows, where answers are open to the person.

    Shape: the newest per unit and indicator of the rows; one query, besides judging what changed.
    None: left out where nobody answered, or the warning was raised anew since, or is over.
    """
    checking.refresh()
    wanted = {(row.unit.pk, row.indicator.pk) for row in rows}
    events = WarningEvent.objects.visible_to(person).filter(
        warning__plan=period.plan_id,
        warning__unit__in={unit for unit, _indicator in wanted},
        warning__indicator__in={indicator for _unit, indicator in wanted},
        month__lte=period.month,
    )
    standing: dict[int, WarningEvent] = {}
    for event in events.select_related("warning").order_by("pk"):
        if event.is_answer:
            standing[event.warning_id] = event
        elif event.kind not in _LASTING:
            standing.pop(event.warning_id, None)
    newest = sorted(standing.values(), key=lambda event: event.pk)
    taken = {(event.warning.unit_id, event.warning.indicator_id): event for event in newest}
    return {key: event for key, event in taken.items() if key in wanted}


def _since(row: ProgressRow, period: ReportingMonth) -> date:
    """Return the earliest month whose words are about the figure that stands."""
    if row.indicator.kind == Kind.ZERO:
        return period.month.replace(month=1)
    return row.value_month or period.month


def _words(period: ReportingMonth, units: Iterable[int]) -> Iterator[tuple[Key, date, str]]:
    """Yield the notes of the approved reports up to the month, then the answers to rules, the first rule last."""
    reports = MonthlyReport.objects.approved().filter(
        period__plan=period.plan_id, period__lte=period.month, unit__in=list(units)
    )
    filed = {filing: (unit, month) for filing, unit, month in reports.values_list("approved_filing", "unit", "period")}
    notes = Figure.objects.filter(filing__in=filed).exclude(note="").values_list("filing", "indicator", "note")
    answers = Explanation.objects.filter(filing__in=filed).order_by("-rule").values_list("filing", "indicator", "text")
    for found in (notes, answers):
        for filing, indicator, text in found:
            unit, month = filed[filing]
            yield (unit, indicator), month, text
