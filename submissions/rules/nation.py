"""Rules on the whole country: how targets were split, what adds up, and what the portal upholds by construction."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from submissions.rules.book import RULES
from submissions.rules.facts import NationFacts, RuleLimits, ShownAs
from submissions.rules.registry import Objection, Severity, Subject
from targets.measures import Bound, Kind, growth
from workplan.lib.numbers import gettext_noop

#: Different populations with overlaps: no page, export or answer adds these to each other.
NEVER_ADDED = (frozenset({"T05", "T06", "T15"}), frozenset({"T08", "T09", "T10", "T11", "T12"}))


@RULES.rule(
    "V13",
    gettext_noop("创业培训、再就业培训和农民工培训人群不同，不相加；各项社会保险也不相加。"),
    Severity.INFO,
    subject=Subject.UPHELD,
    is_excusable=False,
)
def different_populations_are_never_added() -> Iterator[Objection]:
    """Trainings are not added to each other, nor insurance schemes: totals only ever add units of one indicator.

    Why: one person may be trained twice or insured five times.
    Except: nothing; `reporting/totals.py` sums over units and never over indicators.
    Accepted: T05 of all provinces.
    Refused: T05 + T06 + T15 of one province.
    """
    return iter(())


@RULES.rule(
    "V21",
    gettext_noop("关闭后的数据只能经重新开放和更正改变，保留原数和原因；年报不改快报，另成一版。"),
    Severity.ERROR,
    subject=Subject.UPHELD,
    is_excusable=False,
)
def closed_month_moves_only_by_a_correction() -> Iterator[Objection]:
    """A figure of a closed month changes only by a reopening with a reason and a new filing beside the old one.

    Why: what was once reported stays readable; the final (年报) is a version of its own and never edits the flash.
    Except: nothing; the steps of `submissions/workflow.py` and the triggers on filings and figures uphold it.
    Accepted: a correction that names the filing it replaces and why.
    Refused: an edit of a submitted figure, at any level down to SQL.
    """
    return iter(())


@RULES.rule(
    "V14",
    gettext_noop("各单位目标之和不低于全国目标。"),
    Severity.WARNING,
    subject=Subject.NATION,
    kinds=[Kind.FLOW, Kind.STOCK],
)
def split_reaches_the_national_target(nation: NationFacts, limits: RuleLimits) -> Iterator[Objection]:
    """The units' targets add up to at least the national one.

    Why: each level adds a margin (层层加码); a sum below the national target leaves a part of it to nobody.
    Except: rates and counts of pilots; an indicator that was not split.
    Accepted: units' targets of 920 万 for a national 900 万.
    Refused: units' targets of 890 万 for a national 900 万 (told to the planner).
    """
    total = sum(nation.split, Decimal(0))
    if nation.target is None or not nation.split or nation.bound != Bound.AT_LEAST or total >= nation.target:
        return
    yield Objection(
        gettext_noop(
            "%(indicator)s各单位目标之和 %(total)s 低于全国目标 %(target)s，还差 %(difference)s。请核对分解。"
        ),
        {
            "total": (total, nation.unit_of_measure),
            "target": (nation.target, nation.unit_of_measure),
            "difference": (nation.target - total, nation.unit_of_measure),
        },
    )


@RULES.rule(
    "V15",
    gettext_noop("单位的控制线可以与全国不同，但方向相同。"),
    *(Severity.INFO, Severity.WARNING),
    subject=Subject.NATION,
    kinds=[Kind.RATIO],
)
def ceilings_may_differ_but_not_in_direction(nation: NationFacts, limits: RuleLimits) -> Iterator[Objection]:
    """A unit's ceiling may differ from the national one (I); its direction may not (W).

    Why: Jiangsu held its unemployment rate under 4.0 % where the nation's ceiling was 4.6 %.
    Except: told only where the national target is a ceiling.
    Accepted: 4.0 % beside 4.6 % (told).
    Refused: "at least 4.0 %" beside "at most 4.6 %".
    """
    if nation.target is None or nation.bound != Bound.AT_MOST:
        return
    if nation.other_bounds:
        yield Objection(
            gettext_noop("%(count)s 个单位的%(indicator)s目标与全国方向不同。请改为“控制在…以内”。"),
            {"count": (nation.other_bounds, ShownAs.NUMBER)},
            Severity.WARNING,
        )
    others = [one for one in nation.split if one != nation.target]
    if others:
        yield Objection(
            gettext_noop(
                "%(indicator)s：%(count)s 个单位的控制线与全国 %(target)s 不同，在 %(low)s 至 %(high)s 之间。"
            ),
            {
                "count": (len(others), ShownAs.NUMBER),
                "target": (nation.target, nation.unit_of_measure),
                "low": (min(others), nation.unit_of_measure),
                "high": (max(others), nation.unit_of_measure),
            },
        )


@RULES.rule(
    "V17",
    gettext_noop("由行业企业填报的指标，全国合计须含行业与中央单位。"),
    Severity.WARNING,
    subject=Subject.NATION,
)
def national_sum_includes_who_is_in_no_province(nation: NationFacts, limits: RuleLimits) -> Iterator[Objection]:
    """The national sum of new technicians holds the 32 units and the industries and central bodies.

    Why: of 29.6 万 new technicians in 2006, 5.7 万 came from enterprises that belong to no province.
    Except: indicators that only provinces file; months before anybody has reported.
    Accepted: 32 units and the industries reported.
    Refused: 32 units reported, the industries not (told at the national figure).
    """
    if nation.computed is None:
        return
    for unit, is_in_the_sum in sorted(nation.apart.items()):
        if not is_in_the_sum:
            yield Objection(
                gettext_noop("%(indicator)s的全国合计 %(value)s 还不含%(unit)s，低于实际。"),
                {"value": (nation.computed, nation.unit_of_measure), "unit": (unit, ShownAs.INDICATOR)},
            )


@RULES.rule(
    "V18",
    gettext_noop("公布的全国数与各单位合计相差较大的，两数并列，互不覆盖。"),
    Severity.INFO,
    subject=Subject.NATION,
    limits=["published_gap"],
)
def published_and_computed_stand_side_by_side(nation: NationFacts, limits: RuleLimits) -> Iterator[Objection]:
    """A published national figure and the sum of the units that differ by more than 0.5 % are told side by side.

    Why: in at least three indicators the published figure is not the sum of the provinces.
    Except: told only where both stand; neither ever replaces the other.
    Accepted: 1 000 published, 1 005 computed.
    Refused: 1 000 published, 1 006 computed (told).
    """
    gap = growth(nation.computed, nation.published)
    if gap is None or nation.published is None or nation.computed is None or abs(gap) <= limits.published_gap:
        return
    yield Objection(
        gettext_noop(
            "%(indicator)s公布的全国数 %(published)s 与各单位合计 %(computed)s 相差 %(difference)s（%(gap)s）。"
            "两数并列，互不覆盖。"
        ),
        {
            "published": (nation.published, nation.unit_of_measure),
            "computed": (nation.computed, nation.unit_of_measure),
            "difference": (nation.computed - nation.published, nation.unit_of_measure),
            "gap": (gap, ShownAs.RATE),
        },
    )
