"""The nation's figures split over the units, so that they add up to the last person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reporting.demo.data import Demo, Key
from submissions.intake import PART_PREFIX
from targets.measures import ratio

Cells = dict[str, str]
#: (unit, month) → one row of cells per indicator, as a person would type them.
Figures = dict[Key, dict[str, Cells]]
#: indicator → unit → target or baseline
ByUnit = Mapping[str, Mapping[str, Decimal]]

FLOWS = {"T01": "jobs", "T02": "jobs", "T03": "jobs", "T05": "training", "T06": "training", "T07": "training"}
FLOWS["T15"] = "training"
STOCKS = {**dict.fromkeys(["T08", "T09", "T10", "T11", "T12"], "insured"), "T16": "migrants", "T17": "migrants"}
UNEMPLOYMENT, PILOTS, CONTRACTS, ARREARS = "T04", "T13", "T14", "T18"
#: Wage arrears cleared have no target; the new jobs of a unit say how large it is.
CLEARED, FLOW_OF_WEIGHTS = "W01", "T01"
#: Persons in enterprises, over whom the contract rate is split, are as the injury-insured.
ENTERPRISE_WORKERS = "T11"
#: Weights become whole numbers of this fineness, so that the split is exact.
_FINENESS = 10**9


def apportion(total: int, weights: Sequence[Decimal]) -> list[int]:
    """Return whole shares of a total in proportion to weights: largest remainders are rounded up.

    Shape: one share per weight, in the same order; their sum is the total.
    Unit: that of the total.
    Raises: ValueError where no weight is above zero, as there is nobody to share with.
    Source: method of the largest remainder (Hamilton).

    >>> apportion(10, [Decimal(1), Decimal(1), Decimal(1)])
    [4, 3, 3]
    >>> apportion(7, [Decimal(0), Decimal("0.5")])
    [0, 7]
    """
    parts = [int(weight * _FINENESS) for weight in weights]
    whole = sum(parts)
    if whole <= 0:
        raise ValueError("Nobody to share with: no weight is above zero.")
    divided = [divmod(total * part, whole) for part in parts]
    shares = [share for share, _remainder in divided]
    by_remainder = sorted(range(len(parts)), key=lambda place: -divided[place][1])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


@dataclass(frozen=True)
class Split:
    """Splits the demonstration's national figures over the units of the plan."""

    demo: Demo
    #: indicator → the units that file it, in statistical order
    assigned: Mapping[str, Sequence[str]]
    targets: ByUnit
    baselines: ByUnit

    def figures(self) -> Figures:
        """Return what every unit truthfully files in every month."""
        filed: Figures = {}
        for code in FLOWS:
            self._put(filed, code, {month: self._flow(code, month) for month in self.demo.national[code]})
        for code in STOCKS:
            self._put(filed, code, {month: self._stock(code, month) for month in self.demo.national[code]})
        for code in (UNEMPLOYMENT, CONTRACTS):
            self._put_ratio(filed, code)
        self._put_pilots(filed)
        self._put_arrears(filed)
        self._put_cleared(filed)
        for (unit, month), row in self.demo.not_reported.items():
            filed[unit, month][row["indicator"]] = {"state": "NOT_REPORTED", "note": row["note"]}
        self._put_notes(filed)
        return filed

    def _put(self, filed: Figures, code: str, by_month: Mapping[int, Sequence[int]]) -> None:
        for month, values in by_month.items():
            for unit, value in zip(self.assigned[code], values, strict=True):
                filed.setdefault((unit, self.demo.month(month)), {})[code] = self._cells(code, unit, value)

    def _cells(self, code: str, unit: str, value: int) -> Cells:
        """Return the figure as it is typed, with its parts where it is filed in parts."""
        parted = self.demo.parts.get(code)
        if parted is None:
            return {"value": str(value)}
        part = int(value * parted.share(unit))
        return {
            "value": str(value),
            f"{PART_PREFIX}{parted.part}": str(part),
            f"{PART_PREFIX}{parted.rest}": str(value - part),
        }

    def _flow(self, code: str, month: int) -> list[int]:
        """Laggards follow the nation's curve towards a part of their own target; the others make up the rest."""
        national, units = self.demo.national[code], self.assigned[code]
        done = ratio(Decimal(national[month]), Decimal(national[12])) or Decimal(0)
        slow = {
            unit: int(self.targets[code][unit] * done * part)
            for unit, part in self.demo.laggards.items()
            if unit in units
        }
        weights = [
            Decimal(0) if unit in slow else self.targets[code][unit] * self._pace(unit, FLOWS[code]) for unit in units
        ]
        rest = apportion(national[month] - sum(slow.values()), weights)
        return [slow.get(unit, share) for unit, share in zip(units, rest, strict=True)]

    def _stock(self, code: str, month: int) -> list[int]:
        """A unit's level grows from its baseline like the nation's, faster or slower by its pace."""
        units, baseline = self.assigned[code], self.baselines[code]
        level, start = Decimal(self.demo.national[code][month]), sum(baseline.values(), Decimal(0))
        growth = (ratio(level, start) or Decimal(1)) - 1
        weights = [
            baseline[unit] * (1 + growth * self._pace(unit, STOCKS[code])) * self._explained_jump(unit, code, month)
            for unit in units
        ]
        return apportion(int(level), weights)

    def _explained_jump(self, unit: str, code: str, month: int) -> Decimal:
        jumps = [
            jump.times
            for (who, since), jump in self.demo.explained.items()
            if who == unit and jump.indicator == code and since.month <= month
        ]
        return jumps[0] if jumps else Decimal(1)

    def _put_ratio(self, filed: Figures, code: str) -> None:
        parts, units = self.demo.pooled[code], self.assigned[code]
        for month, denominator in parts["denominator"].items():
            numerator = parts["numerator"][month]
            denominators = apportion(denominator, [self._workers(code, unit) for unit in units])
            rates = self._rates(code, month, ratio(Decimal(numerator), Decimal(denominator)) or Decimal(0))
            numerators = apportion(numerator, [d * r for d, r in zip(denominators, rates, strict=True)])
            for unit, above, below in zip(units, numerators, denominators, strict=True):
                cells = {"numerator": str(above), "denominator": str(below)}
                filed.setdefault((unit, self.demo.month(month)), {})[code] = cells

    def _workers(self, code: str, unit: str) -> Decimal:
        if code == UNEMPLOYMENT:
            return self.demo.labour_force_share[unit]
        return self.baselines[ENTERPRISE_WORKERS][unit]

    def _rates(self, code: str, month: int, national: Decimal) -> list[Decimal]:
        """Return each unit's rate before the split makes the nation's exact."""
        units = self.assigned[code]
        if code == UNEMPLOYMENT:
            return [self.demo.unemployment_rates[unit][month // 3 - 1] for unit in units]
        return [national + self._pace(unit, "contracts") for unit in units]

    def _put_pilots(self, filed: Figures) -> None:
        for unit in self.assigned[PILOTS]:
            for month in (6, 12):
                done = int(month >= self.demo.pilots_done[unit])
                filed[unit, self.demo.month(month)][PILOTS] = {"value": str(done)}

    def _put_arrears(self, filed: Figures) -> None:
        for unit in self.assigned[ARREARS]:
            for number in range(1, 13):
                key = unit, self.demo.month(number)
                story = self.demo.arrears.get(key, {"value": "0", "persons": "0", "note": ""})
                filed[key][ARREARS] = {name: story[name] for name in ("value", "persons", "note")}

    def _put_cleared(self, filed: Figures) -> None:
        """Split what was paid out, and to how many, over the units by how many jobs they are to create."""
        units = self.assigned[CLEARED]
        weights = [self.targets[FLOW_OF_WEIGHTS][unit] for unit in units]
        for number, row in self.demo.cleared.items():
            amounts, persons = apportion(row["value"], weights), apportion(row["persons"], weights)
            for unit, amount, count in zip(units, amounts, persons, strict=True):
                filed[unit, self.demo.month(number)][CLEARED] = {"value": str(amount), "persons": str(count)}

    def _put_notes(self, filed: Figures) -> None:
        """Write beside figures that are due what their units say of them."""
        for row in self.demo.notes:
            for number in range(int(row["since"]), int(row["until"]) + 1):
                of_month = filed[row["unit"], self.demo.month(number)]
                for code in row["indicators"]:
                    if code in of_month:
                        of_month[code]["note"] = row["note"]

    def _pace(self, unit: str, what: str) -> Decimal:
        return self.demo.pace[unit][what]
