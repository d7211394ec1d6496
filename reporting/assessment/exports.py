"""The results of a round as a workbook: a row per unit, and a row per criterion of each sheet open to the reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.permissions import Person
from reporting.assessment.models import HANDED_IN, Assessment, AssessmentLine
from reporting.assessment.pages import RoundPage, Row
from reporting.assessment.sentences import told
from submissions.provenance import source_lines
from workplan.lib import sheets
from workplan.lib.sheets import Column, Kind, Sheet


def assessment_sheets(person: Person, page: RoundPage, *, now: datetime) -> list[Sheet]:
    """Return the ranking as the page shows it, and every point behind it that the person may read; not rounded."""
    taken = page.round
    provenance = source_lines(person, _("依据：%(source)s") % {"source": taken.scheme.source_label}, now=now)
    ranking = Sheet(
        name=_("考核结果"),
        title=f"{taken.scheme.label} · {taken.label}",
        provenance=provenance,
        columns=_ranking_columns(page),
        rows=[_ranking_row(row, page) for row in page.rows],
        notes=[_note(page)],
    )
    return [ranking, _points(person, page, provenance)]


def _note(page: RoundPage) -> str:
    if page.is_provisional:
        return _("结果尚未公布，名次和等次为暂定。得分未经四舍五入。")
    return _("得分未经四舍五入。")


def _ranking_columns(page: RoundPage) -> list[Column]:
    return [
        Column("rank", _("名次"), Kind.NUMBER, width=8),
        Column("unit", _("单位代码"), width=10),
        Column("unit_name", _("单位"), width=16),
        Column("state", _("状态"), width=12),
        *(
            Column(f"section_{one.code}", f"{one.label} {one.weight:.0f}", Kind.NUMBER, number_format="0.00")
            for one in page.sections
        ),
        Column("total", _("总分"), Kind.NUMBER, number_format="0.00"),
        Column("grade", _("等次"), width=12),
        Column("cancelled", _("等次取消原因"), width=30),
    ]


def _ranking_row(row: Row, page: RoundPage) -> sheets.Row:
    return {
        "rank": row.rank,
        "unit": row.unit.code,
        "unit_name": row.unit.label,
        "state": str(row.look.word),
        **{f"section_{one.code}": earned for one, earned in zip(page.sections, row.sections, strict=True)},
        "total": row.total,
        "grade": str(row.grade_look.word) if row.grade_look else None,
        "cancelled": row.sheet.cancellation.reason if row.is_cancelled and row.sheet else None,
    }


def _points(person: Person, page: RoundPage, provenance: list[str]) -> Sheet:
    return Sheet(
        name=_("逐项得分"),
        title=_("逐项得分和依据"),
        provenance=provenance,
        columns=[
            Column("unit", _("单位代码"), width=10),
            Column("unit_name", _("单位"), width=16),
            Column("criterion", _("编号"), width=8),
            Column("criterion_name", _("考核指标"), width=28),
            Column("kind", _("计分方式"), width=16),
            Column("weight", _("分值"), Kind.NUMBER, number_format="0.00"),
            Column("stated", _("计算或自评得分"), Kind.NUMBER, number_format="0.00"),
            Column("points", _("得分"), Kind.NUMBER, number_format="0.00"),
            Column("told", _("计分依据"), width=60),
            Column("reason", _("调整原因"), width=30),
        ],
        rows=_lines(person, page),
    )


def _lines(person: Person, page: RoundPage) -> Iterator[sheets.Row]:
    """Yield the lines of the sheets that were handed in and are open to the person, in the order of the ranking."""
    opened = Assessment.objects.visible_to(person).filter(round=page.round, state__in=HANDED_IN)
    found: dict[int, list[AssessmentLine]] = {}
    lines = AssessmentLine.objects.filter(assessment__in=opened).select_related(
        "assessment", "criterion__section", "criterion__indicator"
    )
    for line in lines.order_by("criterion__section__code", "criterion__number"):
        found.setdefault(line.assessment.unit_id, []).append(line)
    for row in page.rows:
        for line in found.get(row.unit.pk, ()):
            yield _line_row(row, line, page)


def _line_row(row: Row, line: AssessmentLine, page: RoundPage) -> sheets.Row:
    criterion = line.criterion
    sentence = told(criterion, page.round, row.unit, line.inputs, applies=line.applies).sentence
    return {
        "unit": row.unit.code,
        "unit_name": row.unit.label,
        "criterion": criterion.code,
        "criterion_name": criterion.label,
        "kind": criterion.get_kind_display(),
        "weight": line.weight,
        "stated": line.stated,
        "points": line.points,
        "told": sentence or line.narrative,
        "reason": line.check_reason,
    }
