"""The names of our statistics in SDMX: one dataflow, its dimensions and attributes, and their code lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from accounts.models import ReportingUnit
from reporting.marks import Mark
from reporting.sdmx.times import FREQUENCIES
from submissions.models import Release
from targets.models import Indicator
from targets.models.words import Frequency, UnitOfMeasure
from workplan.lib.words import in_both_languages

AGENCY, FLOW, VERSION = "WP", "WORKPLAN", "1.0"
CONCEPTS = "CONCEPTS"

#: Dimensions in the order of a series key, with their code lists.
DIMENSIONS = {"FREQ": "CL_FREQ", "REF_AREA": "CL_AREA", "INDICATOR": "CL_INDICATOR", "MEASURE": "CL_MEASURE"}
TIME = "TIME_PERIOD"
VALUE = "OBS_VALUE"
#: Attributes of a series and of an observation; None is plain text.
SERIES_ATTRIBUTES = {"UNIT_MEASURE": "CL_UNIT_MEASURE"}
OBSERVATION_ATTRIBUTES = {
    "OBS_STATUS": "CL_OBS_STATUS",
    "N_DUE": None,
    "N_REPORTED": None,
    "N_CARRIED": None,
    "RELEASE": "CL_RELEASE",
    "REVISED_FROM": None,
    "REVISED_AT": None,
    "REVISION_REASON": None,
}

#: What was published of the nation: a series of its own beside the sum of the units, which it never replaces.
PUBLISHED = "PUBLISHED"
#: What a number is: columns of a total, and what was published.
MEASURES = {
    "VALUE": gettext_noop("数值"),
    "NUMERATOR": gettext_noop("分子"),
    "DENOMINATOR": gettext_noop("分母"),
    "PERSONS": gettext_noop("人数"),
    PUBLISHED: gettext_noop("公布的全国数"),
}
#: The codes of the cross-domain list SDMX:CL_OBS_STATUS, where M is "cannot exist" and O is missing without a word on
#: why. It has no code for a revised value; R is added (docs/decisions/0012).
STATUSES = {
    "A": gettext_noop("正式数"),
    "P": Mark.PROVISIONAL.meaning,
    "R": Mark.REVISED.meaning,
    "O": Mark.MISSING.meaning,
    "M": Mark.NOT_APPLICABLE.meaning,
}
_CODES = {Mark.MISSING: "O", Mark.NOT_APPLICABLE: "M", Mark.REVISED: "R", Mark.PROVISIONAL: "P"}

_CONCEPT_NAMES = {
    "FREQ": gettext_noop("报送频率"),
    "REF_AREA": gettext_noop("填报单位"),
    "INDICATOR": gettext_noop("指标"),
    "MEASURE": gettext_noop("数据项"),
    TIME: gettext_noop("报告期"),
    VALUE: gettext_noop("数值"),
    "UNIT_MEASURE": gettext_noop("计量单位"),
    "OBS_STATUS": gettext_noop("数据状态"),
    "N_DUE": gettext_noop("应报单位数"),
    "N_REPORTED": gettext_noop("已报单位数"),
    "N_CARRIED": gettext_noop("沿用上期的单位数"),
    "RELEASE": gettext_noop("发布口径"),
    "REVISED_FROM": gettext_noop("发布时数值"),
    "REVISED_AT": gettext_noop("修订时间"),
    "REVISION_REASON": gettext_noop("修订原因"),
}
FLOW_NAME = gettext_noop("年度工作要点：指标汇总")

Names = dict[str, str]


def status_of(marks: Iterable[Mark], *, stands: bool) -> str:
    """Return the one code of an observation; why there is no value comes before that it was revised.

    >>> status_of([], stands=True), status_of([Mark.CARRIED, Mark.REVISED], stands=True)
    ('A', 'R')
    >>> status_of([Mark.NOT_APPLICABLE, Mark.REVISED], stands=False), status_of([Mark.PROVISIONAL], stands=False)
    ('M', 'O')
    """
    found = set(marks)
    if not stands and Mark.NOT_APPLICABLE not in found:
        return _CODES[Mark.MISSING]
    return next((code for mark, code in _CODES.items() if mark in found), "A")


@dataclass(frozen=True)
class Code:
    """One entry of a code list, its name by language."""

    code: str
    names: Names
    parent: str = ""


@dataclass(frozen=True)
class Codelist:
    name: str
    names: Names
    codes: tuple[Code, ...]


def concepts() -> list[Code]:
    return [Code(code, in_both_languages(name)) for code, name in _CONCEPT_NAMES.items()]


def codelists() -> list[Codelist]:
    """Return every code list; units and indicators are as they stand."""
    return [
        _fixed("CL_FREQ", "FREQ", {FREQUENCIES[one.value]: one.label for one in Frequency}),
        Codelist("CL_AREA", in_both_languages(_CONCEPT_NAMES["REF_AREA"]), tuple(_areas())),
        Codelist("CL_INDICATOR", in_both_languages(_CONCEPT_NAMES["INDICATOR"]), tuple(_indicators())),
        _fixed("CL_MEASURE", "MEASURE", MEASURES),
        _fixed("CL_UNIT_MEASURE", "UNIT_MEASURE", {one.value: one.label for one in UnitOfMeasure}),
        _fixed("CL_OBS_STATUS", "OBS_STATUS", STATUSES),
        _fixed("CL_RELEASE", "RELEASE", dict(Release.choices)),
    ]


def _fixed(name: str, concept: str, codes: Mapping[str, str | Promise]) -> Codelist:
    named = tuple(Code(code, in_both_languages(label)) for code, label in codes.items())
    return Codelist(name, in_both_languages(_CONCEPT_NAMES[concept]), named)


def _areas() -> Iterator[Code]:
    for unit in ReportingUnit.objects.on_the_tree().select_related("parent").order_by("position", "code"):
        names = {"zh": unit.name, "en": unit.name_en or unit.name}
        yield Code(unit.code, names, unit.parent.code if unit.parent else "")


def _indicators() -> Iterator[Code]:
    for one in Indicator.objects.select_related("part_of").order_by("code"):
        yield Code(one.code, {"zh": one.name, "en": one.name_en or one.name}, one.part_of.code if one.part_of else "")
