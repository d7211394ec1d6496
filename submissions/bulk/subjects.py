"""What the rows of a table are about: figures or milestones, and under which titles their columns stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """One kind of row: the list of a JSON body, the column that names what a row is about, and all columns."""

    #: The name of the list in a JSON body.
    rows: str
    #: The column that names the indicator or the milestone.
    key: str
    #: The titles of each column as people write them, without blanks and brackets.
    titles: Mapping[str, Sequence[str]]
    #: Columns of our own exports that say nothing new when they come back.
    read_only: frozenset[str] = frozenset()
    #: Figures come in parts, with a column each.
    has_parts: bool = False
    column_of: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        column_of = {title: column for column, titles in self.titles.items() for title in titles}
        object.__setattr__(self, "column_of", column_of)

    @property
    def keys(self) -> tuple[str, str, str]:
        return ("month", "unit", self.key)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.titles)

    @property
    def is_milestones(self) -> bool:
        return self.key == "milestone"


_PLACES: Mapping[str, Sequence[str]] = {
    "month": ("month", "报告期", "月份", "月度"),
    "unit": ("unit", "单位", "单位代码", "填报单位", "unitcode", "reportingunit"),
}

FIGURES = Subject(
    rows="figures",
    key="indicator",
    titles={
        **_PLACES,
        "indicator": ("indicator", "指标", "指标代码", "indicatorcode"),
        "value": ("value", "数值", "累计数", "本期数"),
        "numerator": ("numerator", "分子"),
        "denominator": ("denominator", "分母"),
        "persons": ("persons", "人数", "涉及人数"),
        "state": ("state", "状态"),
        "note": ("note", "说明", "备注"),
    },
    read_only=frozenset({"status", "release", "version", "approvedat"}),
    has_parts=True,
)

MILESTONES = Subject(
    rows="milestones",
    key="milestone",
    titles={
        **_PLACES,
        "milestone": ("milestone", "节点", "节点代码", "代码", "milestonecode", "code"),
        "state": ("state", "状态"),
        "planned_on": ("plannedon", "计划完成日", "planned"),
        "actual_on": ("actualon", "实际完成日", "actual", "done"),
        "covered": ("covered", "已覆盖"),
        "in_scope": ("inscope", "应覆盖"),
        "new_title": ("newtitle", "新名称"),
        "note": ("note", "进展说明", "说明", "备注"),
    },
)
