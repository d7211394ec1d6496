"""How a filing is written and carried on: figures upserted, explanations kept, the next one opened as a copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet

from submissions import rules
from submissions.intake import SHORTEST_EXPLANATION, FigureInput, MilestoneInput
from submissions.models import (
    CommentReply,
    EvidenceFile,
    EvidenceState,
    Explanation,
    Figure,
    Filing,
    MilestoneState,
    MonthlyReport,
    Outcome,
    Release,
)
from targets.models import Indicator


def write_explanations(filing: Filing, explanations: Mapping[str, str], findings: Iterable[rules.Finding]) -> None:
    """Keep the answers to warnings that say something, each with what exactly it answers; a blank one is not given."""
    if not explanations:
        return
    answers = {finding.key: finding.digest for finding in findings}
    indicators = {indicator.code: indicator for indicator in Indicator.objects.all()}
    rows = []
    for key, text in explanations.items():
        rule, _colon, code = key.partition(":")
        if len(text.strip()) >= SHORTEST_EXPLANATION and code in indicators:
            rows.append(
                Explanation(
                    filing=filing,
                    rule=rule[:4],
                    indicator=indicators[code],
                    text=text.strip(),
                    answers=answers.get(key, ""),
                    written_in=filing.number,
                )
            )
    Explanation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["filing", "rule", "indicator"],
        update_fields=["text", "answers", "written_in"],
    )


def answered(filing: Filing, findings: Iterable[rules.Finding]) -> dict[str, Explanation]:
    """Return the explanations in the filing that answer the findings as they are now, by finding."""
    return answering(Explanation.objects.filter(filing=filing).select_related("indicator"), findings)


def answering(explanations: Iterable[Explanation], findings: Iterable[rules.Finding]) -> dict[str, Explanation]:
    """Return those of the explanations that answer the findings, by finding; a changed one is asked anew."""
    said = {finding.key: finding.digest for finding in findings}
    answers: dict[str, Explanation] = {}
    for row in explanations:
        key = f"{row.rule}:{row.indicator.code}"
        if row.answers in {"", said.get(key)}:
            answers[key] = row
    return answers


def write_replies(filing: Filing, replies: Mapping[int, str]) -> None:
    """Keep the answers to a reviewer's comments, by the comment's key; a blank one takes the answer back."""
    blank = [comment for comment, text in replies.items() if not text.strip()]
    if blank:
        filing.replies.filter(comment__in=blank).delete()
    CommentReply.objects.bulk_create(
        [
            CommentReply(filing=filing, comment_id=comment, text=text.strip())
            for comment, text in replies.items()
            if text.strip()
        ],
        update_conflicts=True,
        unique_fields=["filing", "comment"],
        update_fields=["text"],
    )


def next_filing(report: MonthlyReport, *, reason: str, release: Release | None = None) -> Filing:
    """Open the next filing as a copy of the last, so that nobody types again what was right."""
    last = report.begun_filing
    replaces = report.approved_filing
    filing = Filing.objects.create(
        report=report,
        number=last.number + 1,
        release=release or last.release,
        supersedes=replaces,
        reason=reason or last.reason,
        note=last.note,
    )
    _copy(last.figures.all(), to=filing)
    _copy(last.milestones.all(), to=filing)
    _copy(last.explanations.all(), to=filing)
    _copy(last.evidence.filter(state=EvidenceState.CLEAN), to=filing)
    if last.outcome == Outcome.WITHDRAWN:
        _copy(last.replies.all(), to=filing)
    return filing


Part = TypeVar("Part", Figure, MilestoneState, Explanation, CommentReply, EvidenceFile)


def _copy(rows: QuerySet[Part], *, to: Filing) -> None:
    copies = list(rows)
    for row in copies:
        row.pk, row.filing = None, to
        row._state.adding = True
    rows.model._base_manager.bulk_create(copies)


def write_figures(filing: Filing, figures: Iterable[FigureInput]) -> dict[str, str]:
    """Upsert the figures given and delete the cleared; return what was written, for the audit trail."""
    figures = list(figures)
    cleared = [figure.indicator for figure in figures if figure.is_cleared]
    if cleared:
        filing.figures.filter(indicator__in=cleared).delete()
    upsert_figures([(filing.pk, figure) for figure in figures if not figure.is_cleared])
    return {figure.indicator.code: figure.as_text() for figure in figures}


#: One column to an array: a statement of nine texts is read far quicker than one of nine values for every row.
_UPSERT = """
INSERT INTO submissions_figure (filing_id, indicator_id, state, value, numerator, denominator, persons, parts, note)
SELECT filing, indicator, state, value, numerator, denominator, persons, parts::jsonb, note
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::bigint[],
              %s::text[], %s::text[])
       AS sent(filing, indicator, state, value, numerator, denominator, persons, parts, note)
    ON CONFLICT (filing_id, indicator_id) DO UPDATE
   SET state = EXCLUDED.state, value = EXCLUDED.value, numerator = EXCLUDED.numerator,
       denominator = EXCLUDED.denominator, persons = EXCLUDED.persons, parts = EXCLUDED.parts, note = EXCLUDED.note
"""
#: Figures per statement.
_AT_ONCE = 20_000


def upsert_figures(figures: Iterable[tuple[int, FigureInput]]) -> None:
    """Write each figure into its filing (by key), in place of what that holds for the same indicator."""
    rows = [
        (
            filing, one.indicator.pk, str(one.state), one.value, one.numerator, one.denominator, one.persons,
            one.parts_as_json(), one.note,
        )
        for filing, one in figures
    ]  # fmt: skip
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            cursor.execute(_UPSERT, [list(column) for column in zip(*rows[start : start + _AT_ONCE], strict=True)])


def write_milestones(filing: Filing, milestones: Iterable[MilestoneInput]) -> dict[str, str]:
    """Upsert the states given and delete the cleared; return what was written, for the audit trail."""
    milestones = list(milestones)
    upsert_milestones((filing, one) for one in milestones)
    return {one.milestone.code: one.as_text() for one in milestones}


def upsert_milestones(given: Iterable[tuple[Filing, MilestoneInput]], *, batch_size: int | None = None) -> None:
    """Write the states of many filings and delete the cleared; three statements at most for a batch."""
    given = list(given)
    cleared = {(filing.pk, one.milestone.pk) for filing, one in given if one.is_cleared}
    if cleared:
        stored = MilestoneState.objects.filter(
            filing__in={filing for filing, _milestone in cleared},
            milestone__in={milestone for _filing, milestone in cleared},
        ).values_list("filing_id", "milestone_id", "pk")
        gone = [pk for filing, milestone, pk in stored if (filing, milestone) in cleared]
        MilestoneState.objects.filter(pk__in=gone).delete()
    MilestoneState.objects.bulk_create(
        [one.as_row(filing) for filing, one in given if not one.is_cleared],
        batch_size=batch_size,
        update_conflicts=True,
        unique_fields=["filing", "milestone"],
        update_fields=["state", "planned_on", "actual_on", "new_title", "note", "covered", "in_scope"],
    )
