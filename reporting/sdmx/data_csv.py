"""SDMX-CSV 1.0: one line per observation, the dataflow in the first column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reporting.sdmx import vocabulary
from reporting.sdmx.data_xml import attributes_of, shown
from reporting.sdmx.observations import Series
from workplan.lib.numbers import plain_text

_BESIDE = (*vocabulary.SERIES_ATTRIBUTES, *vocabulary.OBSERVATION_ATTRIBUTES)
COLUMNS = ("DATAFLOW", *vocabulary.DIMENSIONS, vocabulary.TIME, vocabulary.VALUE, *_BESIDE)
_FLOW = f"{vocabulary.AGENCY}:{vocabulary.FLOW}({vocabulary.VERSION})"


def csv_rows(series: Iterable[Series], detail: str) -> Iterator[tuple[str, ...]]:
    """Yield the lines under the header; a line without value is a missing one."""
    for one in series:
        for each in shown(one, detail):
            value = "" if each.value is None else plain_text(each.value)
            beside = {"UNIT_MEASURE": one.unit_measure, **attributes_of(each)} if detail == "full" else {}
            rest = (beside.get(name, "") for name in _BESIDE)
            yield (_FLOW, *one.key.values(), each.period, value, *rest)
