"""The texts a circular is drafted with, from the facts alone: opening, problems, requirements, discipline, closing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from reporting.aggregates import ProgressRow
from reporting.circular.facts import Facts
from reporting.circular.sentences import amount, measure, months_words, names, pace, status_words
from reporting.pages.headline import targets_sentence
from reporting.pages.overview import laggards
from submissions.timeliness import Arrival
from targets.goals import Status
from targets.models import Plan

#: So many units in trouble are told one by one, with so many indicators each; the tables hold the rest.
UNITS_TOLD, TROUBLES_TOLD = 6, 4
#: A reason goes into the text up to here.
REASON_LENGTH = 60

_RECIPIENTS = (
    "各省、自治区、直辖市劳动和社会保障厅（局），新疆生产建设兵团劳动和社会保障局，国务院有关部门劳动保障工作机构"
)


def day_words(day: date) -> str:
    """Write a day as official documents do, without leading zeros: 2007年1月29日.

    >>> day_words(date(2007, 1, 29))
    '2007年1月29日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def subject(plan: Plan) -> str:
    """Return what the plan is about without its year: 劳动和社会保障工作要点."""
    return plan.title.removeprefix(f"{plan.year}年")


def title_lines(facts: Facts) -> list[str]:
    """Return the title, short above long above short, so that no word is broken."""
    period = f"关于{facts.period.plan.year}年{months_words(facts.period.month.month)}"
    return [period, f"{subject(facts.period.plan)}目标任务", "完成情况的通报"]


def number(facts: Facts) -> str:
    """Return the document number still to be given: the plan's prefix, the year, a gap."""
    return f"{prefix(facts.period.plan)}〔{facts.today.year}〕　号"


def prefix(plan: Plan) -> str:
    """Return the issuer's abbreviation before the year: 劳社部发."""
    return plan.number.partition("〔")[0]


def recipients(_facts: Facts) -> str:
    return _RECIPIENTS


def copies(_facts: Facts) -> str:
    return "部领导，部内各司局"


def signed_on(facts: Facts) -> str:
    """Return the day the document bears: that of the publication, before it today."""
    published = facts.period.published_at
    return day_words(facts.today if published is None else timezone.localdate(published))


def opening(facts: Facts) -> str:
    plan, month = facts.period.plan, facts.period.month
    return (
        f"为推动《{plan.title}》（{plan.number}）各项目标任务如期完成，现将{plan.year}年"
        f"{months_words(month.month)}全国目标任务完成情况通报如下："
    )


def overall(facts: Facts) -> str:
    """Say how many targets stand where, as the overview's first sentence does, and how many units reported."""
    n_due, n_missing = len(facts.due), len(facts.missing)
    said = targets_sentence(facts.period, facts.national)
    return f"{said}本期应报{n_due}个单位，{n_due - n_missing}个单位的月度报表已通过审核。"


# What lags -------------------------------------------------------------------------------------


def problems(facts: Facts) -> str:
    """Say what lags in the country and which units do most, each with the reason it gave."""
    paragraphs = [_national_problems(facts), *_problems_of_units(facts)]
    return "\n".join(text for text in paragraphs if text)


def _national_problems(facts: Facts) -> str:
    lagging = [row for row in facts.with_target if row.status in {Status.LAGGING, Status.BEHIND, Status.BREACHED}]
    if not lagging:
        return "从全国看，各项目标均未滞后于序时进度。"
    told = "；".join(f"{row.indicator.name}{status_words(row)}{_pace_in_brackets(row)}" for row in lagging)
    return f"从全国看，部分目标进度滞后：{told}。"


def _pace_in_brackets(row: ProgressRow) -> str:
    said = pace(row)
    return f"（{said}）" if said else ""


def _problems_of_units(facts: Facts) -> Iterable[str]:
    by_unit: dict[int, list[ProgressRow]] = {}
    for one in laggards(facts.below, dict(facts.items)):
        by_unit.setdefault(one.row.unit.pk, []).append(one.row)
    if not by_unit:
        return
    n_troubled = sum(map(len, by_unit.values()))
    more = "问题较突出的有：" if len(by_unit) > UNITS_TOLD else "分别是："
    yield f"从各地看，共有{len(by_unit)}个单位的{n_troubled}项目标未达到序时进度或突破控制，{more}"
    for rows in list(by_unit.values())[:UNITS_TOLD]:
        yield f"{rows[0].unit.short_name}：{troubles_of(rows, facts)}"


def troubles_of(rows: Sequence[ProgressRow], facts: Facts) -> str:
    """Tell what lags in one unit, the gravest first, and which reasons it gave."""
    told = "，".join(_trouble(row) for row in rows[:TROUBLES_TOLD])
    more = f"，另有{len(rows) - TROUBLES_TOLD}项" if len(rows) > TROUBLES_TOLD else ""
    reasons = (facts.reasons.get((row.unit.pk, row.indicator.pk), "") for row in rows)
    return f"{told}{more}；{_because(dict.fromkeys(filter(None, reasons)))}。"


def _trouble(row: ProgressRow) -> str:
    said = f"{row.indicator.name}{status_words(row)}"
    facts_of_row = [
        f"完成{measure(row)}" if row.progress.completion_rate is not None else "",
        pace(row) if row.progress.completion_rate is not None else _of_rate(row),
    ]
    told = "，".join(filter(None, facts_of_row))
    return f"{said}（{told}）" if told else said


def _of_rate(row: ProgressRow) -> str:
    return f"为{amount(row.value, row.indicator.unit_of_measure)}" if row.indicator.is_ratio else ""


def _because(reasons: Iterable[str]) -> str:
    told = "；".join(_shortened(reason) for reason in reasons)
    return f"所报原因：{told}" if told else "未报送原因说明"


def _shortened(reason: str) -> str:
    text = " ".join(reason.split()).rstrip("。；;.")
    return text if len(text) <= REASON_LENGTH else text[:REASON_LENGTH] + "…"


# What is asked for -----------------------------------------------------------------------------


def requirements(facts: Facts) -> str:
    """Ask for what the month's figures call for: the rest of the year, the lagging ones, complete reports."""
    lagging = [row for row in facts.with_target if row.status in {Status.LAGGING, Status.BEHIND, Status.BREACHED}]
    asked = []
    if facts.period.month.month < 12:
        asked.append("各地要对照全年目标任务，逐项分析进度，倒排工期，确保如期完成全年目标任务。")
    if lagging:
        told = "、".join(row.indicator.name for row in lagging)
        asked.append(f"对进度滞后或突破控制的{told}，要查明原因，明确责任单位和完成时限，采取有效措施尽快扭转。")
    troubled = {one.row.unit.pk: one.row.unit for one in laggards(facts.below, dict(facts.items))}
    if troubled:
        asked.append("有目标任务滞后的单位，要于下一报告期报送月度报表时一并说明原因和整改措施。")
    asked.append("各地要严格执行报送制度，按时、完整、准确报送月度报表，不得漏报、迟报。")
    return "\n".join(asked)


def discipline(facts: Facts) -> list[str]:
    """Say who kept the reporting dates and who did not: by name where it was missed."""
    month = facts.period.month
    n_due = len(facts.records)
    if not n_due:
        return ["本期没有单位需要报送。"]
    n_on_time = len(facts.arrived(Arrival.ON_TIME))
    said = [f"{month.year}年{month.month}月月度报表应报单位{n_due}个，按时报送{n_on_time}个"]
    for arrival, words in ((Arrival.LATE, "迟报"), (Arrival.MADE_UP, "补报"), (Arrival.MISSING, "未报")):
        units = facts.arrived(arrival)
        if units:
            said.append(f"{words}{len(units)}个（{names(units)}）")
    text = "，".join(said) + "。"
    late = facts.arrived(Arrival.LATE, Arrival.MADE_UP, Arrival.MISSING)
    return [
        text + ("对未按时报送的单位予以通报，请认真查找原因，限期改正。" if late else "各单位均按时报送，予以肯定。")
    ]


def closing(_facts: Facts) -> str:
    return "特此通报。"
