"""Regions: the sums of some units, worked out again, read from page and file, and what they are to say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tests.reporting.agreement import files, oracle, pages, shown, told
from tests.reporting.agreement.oracle import Standing
from tests.reporting.agreement.reading import Element, Reader, Told, figure, headed, marks, only, pill, text
from tests.reporting.agreement.shown import twelve
from tests.reporting.agreement.year import INDICATORS, PLANNED_MONTHS, REGIONS, SCHEME, TARGETS

#: The columns of the file that hold numbers, and what they are here.
EXACT = {
    "value": "value", "numerator": "numerator", "denominator": "denominator", "target_value": "target",
    "completion_rate": "completion", "pro_rata_target": "pro_rata", "deviation": "deviation",
    "n_due": "n_due", "n_reported": "n_reported", "n_carried": "n_carried",
}  # fmt: skip

# What they come to -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Regional(Standing):
    """Some units together, as if they were one; the place names the region."""

    units: tuple[str, ...]

    @property
    def _promised(self) -> tuple[str, ...]:
        """What was promised of all units together: nothing of rates, and where one of them promised nothing."""
        promised = [TARGETS.get(self.code, {}).get(unit, ()) for unit in self.units]
        if self.kind == "RATIO" or not all(promised):
            return ()
        return tuple(str(sum(map(Fraction, column))) for column in zip(*promised, strict=False))

    @property
    def planned_month(self) -> int:
        (month,) = {PLANNED_MONTHS[self.code, unit] for unit in self.units}
        return month


@cache
def regional(month: int, region: str, code: str) -> Regional | None:
    """Return what the units of a region come to, of "other" those in none and of "total" all; None without any."""
    grouped = {unit for _chinese, _english, members in REGIONS.values() for unit in members}
    of_region = {
        "total": oracle.below("000000"),
        "other": [unit for unit in oracle.below("000000") if unit not in grouped],
    }
    units = REGIONS[region][2] if region in REGIONS else of_region[region]
    with_totals = tuple(unit for unit in units if oracle.filers_of(unit, code))
    filers = [filer for unit in with_totals for filer in oracle.filers_of(unit, code)]
    return Regional(**oracle.stands(month, region, code, filers), units=with_totals) if filers else None


def lines(month: int) -> list[Regional]:
    found = (regional(month, one, code) for code in sorted(INDICATORS) for one in (*REGIONS, "other", "total"))
    return [one for one in found if one is not None]


def lit(month: int) -> list[Regional]:
    return [one for one in lines(month) if one.unit != "total" and one.target is not None]


def lines_and_units(month: int) -> Iterable[Standing]:
    return [*lines(month), *oracle.of_children(month, "000000")]


# What is read ------------------------------------------------------------------------------------


def page(reader: Reader, month: int) -> Told:
    """Return the lines of the regions and of all of them, and the tables of their units."""
    read: Told = {}
    for code in INDICATORS:
        found = reader.page("/regions/", month, indicator=code)
        table = only(found, ".//*[@aria-labelledby='regions-title']//table")
        heads = [headed(one) for one in table.xpath("./thead//th")]
        for line in table.xpath("./tbody/tr | ./tfoot/tr[@class='grid__total']"):
            row = dict(zip(heads, line.xpath("./th | ./td"), strict=True))
            read[month, reader.region(text(row["区域"])), code] = _region(row)
        for table in found.xpath(".//section[starts-with(@id, 'region-')]//table"):
            read |= pages.ranked_rows(reader, table, month, code)
    return read


def _region(row: dict[str, Element]) -> dict[str, str]:
    parts = {"numerator": "分子", "denominator": "分母"}
    plan = {"share": "占全国", "target": "年度目标", "completion": "完成率", "deviation": "与序时之差"}
    found = {name: text(row[head]) for name, head in (parts | plan).items() if head in row}
    if "状态" in row:
        found["status"] = pill(row["状态"])
    value = row["数值"]
    return {"value": figure(value), "marks": marks(value), "coverage": _coverage(row["已报/应报"]), **found}


def _coverage(cell: Element) -> str:
    """Return what is reported of what is due, without the note on carried figures."""
    return text(cell).split()[0]


def file(reader: Reader, month: int) -> Told:
    read: Told = {}
    for code in INDICATORS:
        for row in files.table_of(reader.get("/export/regions/", month=f"2007-{month:02d}", indicator=code)):
            read[month, row["region"] or "other", row["indicator"]] = {
                **{name: twelve(row[name]) for name in EXACT},
                "status": row["status"],
                "marks": row["marks"],
            }
    return read


def verdicts(reader: Reader, month: int) -> Told:
    """Return the status that the reasons of a region's light lead to."""
    read: Told = {}
    for one in lit(month):
        asked = {"month": f"2007-{month:02d}", "indicator": one.code, "scheme": SCHEME, "region": one.unit}
        answer = json.loads(reader.get("/export/regions/reasons/", **asked, format="json"))
        read[month, answer["region"], answer["indicator"]] = {
            "value": twelve(answer["inputs"].get("value")), "status": answer["status"] or "",
        }  # fmt: skip
    return read


# What it is to say -------------------------------------------------------------------------------


def told_on_page(one: Standing, *, english: bool) -> dict[str, str]:
    """A region's line; the line of all of them has no verdict, nor a share of itself."""
    said = {"marks": one.marks, "coverage": told.coverage(one)}
    if one.kind == "RATIO":
        parts = {"numerator": shown.exact(one.numerator), "denominator": shown.exact(one.denominator)}
        return said | parts | {"value": shown.percent(one.value, 2)}
    whole = oracle.standing(one.month, "000000", one.code)
    share = one.value / whole.value if one.value is not None and whole.value else None
    is_all = one.unit == "total"
    return said | {
        "value": shown.column(one.value, one.measure, english=english),
        "share": shown.DASH if is_all else shown.percent(share),
        "target": shown.column(one.target, one.measure, english=english),
        "completion": shown.percent(one.completion),
        "deviation": shown.signed_column(one.deviation, one.measure, english=english),
        "status": "" if is_all else shown.shaped(one.status, english=english),
    }


def told_in_file(one: Standing, *, english: bool) -> dict[str, str]:
    status = one.status if one.unit != "total" else None
    return {name: twelve(getattr(one, found)) for name, found in EXACT.items()} | {
        "status": status or "",
        "marks": one.all_marks,
    }


def told_of_both(one: Standing, *, english: bool) -> dict[str, str]:
    """Say a region's line, or of a unit what its ranking says."""
    return (told_on_page if isinstance(one, Regional) else told.ranked)(one, english=english)


def told_as_light(one: Standing, *, english: bool) -> dict[str, str]:
    return {"value": shown.twelve(one.value), "status": one.status or ""}
