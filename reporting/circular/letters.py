"""A letter to one unit: a reminder (催办) where its report is missing, else how it stands (通报); in letter format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from accounts.models import ReportingUnit, UnitAlias
from reporting.aggregates import ProgressRow
from reporting.circular import sentences, wording
from reporting.circular.bulletin import mark_of, paragraphs
from reporting.circular.contents import Annex, Document, Head, Mark, Paragraph, Style, Table
from reporting.circular.facts import Facts
from reporting.circular.tables import scale_of, value_cell
from reporting.pages.overview import laggards
from submissions.timeliness import Arrival, Filed
from targets.models import Kind
from workplan.templatetags.figures import DASH, number, percent, unit_label

_BUREAUS = ("劳动和社会保障厅", "劳动和社会保障局")
_FILED = {Arrival.ON_TIME: "按时报送", Arrival.LATE: "迟报", Arrival.MADE_UP: "补报", Arrival.MISSING: "未报送"}


def bureau_names(units: Iterable[ReportingUnit]) -> dict[int, str]:
    """Return the full name of each unit's bureau (by unit id), the unit's own where none is known; one query."""
    names = {unit.pk: unit.name for unit in units}
    aliases = UnitAlias.objects.filter(unit__in=names).values_list("unit_id", "name")
    for unit_id, alias in sorted(aliases, key=lambda found: len(found[1])):
        if alias.endswith(_BUREAUS):
            names[unit_id] = alias
    return names


def letter(facts: Facts, unit: ReportingUnit, recipient: str) -> Document:
    """Return the letter to a unit about the facts' month."""
    filed = filed_by(facts, unit)
    is_reminder = filed is not None and filed.arrival == Arrival.MISSING
    rows = [row for row in facts.of_unit(unit) if row.target is not None]
    body = _reminder(facts, filed) if is_reminder and filed is not None else _standing(facts, unit, filed, rows)
    plan = facts.period.plan
    return Document(
        mark=plan.issuer,
        number=f"{wording.prefix(plan).removesuffix('发')}函〔{facts.today.year}〕　号",
        title=_title(facts, is_reminder=is_reminder),
        recipients=f"{recipient}：",
        body=tuple(body),
        issuer=plan.issuer,
        signed_on=wording.signed_on(facts),
        annexes=() if is_reminder or not rows else (_annex(facts, unit, rows),),
        watermark=Mark.NONE if is_reminder else mark_of(facts),
        is_letter=True,
    )


def filed_by(facts: Facts, unit: ReportingUnit) -> Filed | None:
    """Return how the unit's report of the month came; None where it owes none."""
    record = facts.record_of(unit)
    return record.filed[0] if record is not None and record.filed else None


def _title(facts: Facts, *, is_reminder: bool) -> tuple[str, ...]:
    year, month = facts.period.plan.year, facts.period.month.month
    if is_reminder:
        return (f"关于催报{year}年{month}月", "月度报表的函")
    return (f"关于{year}年{sentences.months_words(month)}", "目标任务完成情况的函")


# Reminding -------------------------------------------------------------------------------------


def _reminder(facts: Facts, filed: Filed) -> Iterator[Paragraph]:
    month = f"{facts.period.month.year}年{facts.period.month.month}月"
    yield Paragraph(
        f"按照报送制度，{month}月度报表应于{wording.day_words(filed.due_on)}前报送。"
        f"截至{wording.day_words(facts.today)}，你单位尚未报送。"
    )
    yield Paragraph(
        f"请于收到本函后3个工作日内完成{month}月度报表的填报和报送；确有困难不能报送的，请书面说明原因。"
        "逾期仍未报送的，将在全国通报。"
    )
    yield Paragraph("专此函达。")


# Standing --------------------------------------------------------------------------------------


def _standing(
    facts: Facts, unit: ReportingUnit, filed: Filed | None, rows: Sequence[ProgressRow]
) -> Iterator[Paragraph]:
    period = facts.period
    yield Paragraph(
        f"现将你单位{period.plan.year}年{sentences.months_words(period.month.month)}"
        f"承担的{wording.subject(period.plan)}目标任务完成情况函告如下："
    )
    yield Paragraph("一、完成情况", Style.CHAPTER)
    yield Paragraph(_counts(rows))
    for row in rows:
        yield Paragraph(sentences.standing(row) + _rank(row), lead=f"{row.indicator.name}。")
    yield Paragraph("二、存在的问题", Style.CHAPTER)
    yield from paragraphs(_problems(facts, rows))
    yield Paragraph("三、数据报送", Style.CHAPTER)
    yield Paragraph(_reporting(facts, unit, filed))
    yield Paragraph("请对照全年目标任务，认真分析进度，采取有效措施，确保如期完成。")
    yield Paragraph("专此函达。")


def _counts(rows: Sequence[ProgressRow]) -> str:
    found: dict[str, int] = {}
    for row in rows:
        found[sentences.status_words(row)] = found.get(sentences.status_words(row), 0) + 1
    told = "，".join(f"{count}项{words}" for words, count in found.items())
    return f"你单位承担{len(rows)}项目标，其中{told}。" if rows else "你单位没有承担数字目标。"


def _rank(row: ProgressRow) -> str:
    return f"在各地区中居第{row.rank}位。" if row.rank is not None and row.indicator.kind != Kind.ZERO else ""


def _problems(facts: Facts, rows: Sequence[ProgressRow]) -> str:
    troubled = [one.row for one in laggards(rows, dict(facts.items))]
    return "\n".join(wording.troubles_of([row], facts) for row in troubled) or "各项目标均未滞后。"


def _reporting(facts: Facts, unit: ReportingUnit, filed: Filed | None) -> str:
    month = f"{facts.period.month.month}月月度报表"
    if filed is None or filed.arrival not in _FILED:
        return f"{month}不需报送或尚未到报送期限。"
    said = f"{month}{_FILED[filed.arrival]}"
    if unit in facts.missing:
        said += "，尚未通过审核，上列数据含以前报告期的数据"
    return f"{said}。"


def _annex(facts: Facts, unit: ReportingUnit, rows: Sequence[ProgressRow]) -> Annex:
    heads = ("指标", "计量单位", "全年目标", "累计（期末）数", "完成%", "序时进度", "名次")
    month = facts.period.month
    table = Table(
        title=unit.short_name,
        unit=f"{month.year}年{sentences.months_words(month.month)}",
        heads=(tuple(Head(words) for words in heads),),
        rows=tuple(_line(row) for row in rows),
        notes=(f"“{DASH}”表示没有数据或无法计算，“*”表示沿用上期数，“r”表示发布后经更正的数据。",),
    )
    return Annex("目标任务完成情况表", tables=(table,))


def _line(row: ProgressRow) -> tuple[str, ...]:
    def shown(value: object) -> str:
        return number(value, row.indicator.unit_of_measure, scale_of(row.indicator)).replace(",", "")

    return (
        row.indicator.short_name,
        unit_label(row.indicator.unit_of_measure, scale_of(row.indicator)),
        shown(row.target_value),
        value_cell(row),
        percent(row.progress.completion_rate).rstrip("%"),
        shown(row.progress.pro_rata_target),
        DASH if row.rank is None else str(row.rank),
    )
