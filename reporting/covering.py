"""How far what prefectures do has come: those that have done it, of those that owe it, added over their units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from submissions.models import OUT_OF_SCOPE, MilestoneProgress, MilestoneState
from targets.models import Milestone, MilestoneExemption


@dataclass(frozen=True)
class Covered:
    """So many prefectures have done it, of so many that owe it."""

    n_done: int
    n_in_scope: int


def pooled(owed: Mapping[str, int], told: Mapping[str, tuple[int, int]], gone: Set[str]) -> Covered | None:
    """Return Σ done ÷ Σ owed as its two sums, never an average of the units' shares.

    Shape: ``owed`` is unit → prefectures by the plan, ``told`` unit → (done, owed) by its own word, which stands
    before the plan's; ``gone`` are units that owe nothing and leave both sums.
    None: the plan names no prefectures and no unit counted any.

    >>> pooled({"130000": 11, "140000": 11}, {"130000": (5, 11)}, set())
    Covered(n_done=5, n_in_scope=22)
    >>> pooled({"130000": 11}, {"110000": (9, 18)}, {"130000"})
    Covered(n_done=9, n_in_scope=18)
    >>> pooled({}, {}, set()) is None
    True
    """
    if not owed and not told:
        return None
    scope = {**owed, **{unit: of for unit, (_done, of) in told.items()}}
    return Covered(
        sum(done for unit, (done, _of) in told.items() if unit not in gone),
        sum(of for unit, of in scope.items() if unit not in gone),
    )


def covered_by_milestone(milestones: Iterable[Milestone], states: QuerySet[MilestoneState]) -> dict[int, Covered]:
    """Return, by milestone that units count, how far it has come in their newest states; three queries for all.

    A unit that calls it done and counts nothing has done it in all its prefectures. A unit that counts stands for its
    prefectures; where it says nothing, those of them that report for themselves are counted.
    """
    counted = {one.pk: one for one in milestones if one.is_counted and one.is_filed_by_units}
    if not counted:
        return {}
    gone: dict[int, set[str]] = {pk: set() for pk in counted}
    told: dict[int, dict[str, tuple[int, int]]] = {pk: {} for pk in counted}
    exempt = MilestoneExemption.objects.filter(milestone__in=counted)
    for pk, unit in exempt.values_list("milestone_id", "unit__code"):
        gone[pk].add(unit)
    of_prefectures = states.filter(milestone__in=counted, filing__report__unit__level=2, state=MilestoneProgress.ISSUED)
    for pk, unit, n_done in of_prefectures.values_list("milestone_id", "filing__report__unit__parent__code").annotate(
        Count("pk")
    ):
        if (owed := counted[pk].scope_by_unit.get(unit)) is not None:
            told[pk][unit] = min(n_done, owed), owed
    rows = states.filter(milestone__in=counted, filing__report__unit__level=1)
    fields = ("milestone_id", "filing__report__unit__code", "state", "covered", "in_scope")
    for pk, unit, state, n_done, n_in_scope in rows.values_list(*fields):
        owed = counted[pk].scope_by_unit.get(unit)
        if state in OUT_OF_SCOPE:
            gone[pk].add(unit)
        elif n_done is not None:
            told[pk][unit] = n_done, n_in_scope
        elif state == MilestoneProgress.ISSUED and owed is not None:
            told[pk][unit] = owed, owed
    found = {pk: pooled(one.scope_by_unit, told[pk], gone[pk]) for pk, one in counted.items()}
    return {pk: one for pk, one in found.items() if one is not None}
