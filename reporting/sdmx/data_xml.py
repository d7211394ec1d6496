"""The data messages: generic or by our structure, written while the series are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO

from reporting.sdmx import vocabulary
from reporting.sdmx.observations import Observation, Series
from reporting.sdmx.xml import STRUCTURE_ID, STRUCTURE_URN, Writer, header
from workplan.lib.numbers import plain_text

FLAT = "AllDimensions"


def generic_data(series: Iterable[Series], query: dict[str, str], prepared: datetime) -> Iterator[bytes]:
    """Yield a generic data message piece by piece."""
    out = BytesIO()
    xml = Writer(out)
    at_observation = query["dimensionAtObservation"]
    write = _generic_flat if at_observation == FLAT else _generic_series
    with xml.document("mes:GenericData"):
        header(xml, prepared, at_observation=at_observation)
        with xml.element("mes:DataSet", action="Replace", structureRef=STRUCTURE_ID):
            for one in series:
                write(xml, one, query["detail"])
                yield _taken(out)
    xml.end()
    yield _taken(out)


def structure_specific_data(series: Iterable[Series], query: dict[str, str], prepared: datetime) -> Iterator[bytes]:
    """Yield a message in which our dimensions and attributes are XML attributes, piece by piece."""
    out = BytesIO()
    xml = Writer(out)
    at_observation = query["dimensionAtObservation"]
    write = _specific_flat if at_observation == FLAT else _specific_series
    with xml.document("mes:StructureSpecificData", **{"xmlns:wp": STRUCTURE_URN}):
        header(xml, prepared, at_observation=at_observation)
        kind = {"ss:action": "Replace", "ss:dataScope": "DataStructure", "xsi:type": "wp:DataSetType"}
        with xml.element("mes:DataSet", **kind, **{"ss:structureRef": STRUCTURE_ID}):
            for one in series:
                write(xml, one, query["detail"])
                yield _taken(out)
    xml.end()
    yield _taken(out)


def _taken(out: BytesIO) -> bytes:
    """Return what was written since the last time."""
    piece = out.getvalue()
    out.seek(0)
    out.truncate()
    return piece


# Generic ---------------------------------------------------------------------------------------


def _generic_series(xml: Writer, series: Series, detail: str) -> None:
    with xml.element("gen:Series"):
        _generic_values(xml, "gen:SeriesKey", series.key)
        if detail in {"full", "nodata"}:
            _generic_values(xml, "gen:Attributes", {"UNIT_MEASURE": series.unit_measure})
        for one in shown(series, detail):
            with xml.element("gen:Obs"):
                xml.leaf("gen:ObsDimension", value=one.period)
                _generic_rest(xml, one, detail)


def _generic_flat(xml: Writer, series: Series, detail: str) -> None:
    for one in shown(series, detail):
        with xml.element("gen:Obs"):
            _generic_values(xml, "gen:ObsKey", {**series.key, vocabulary.TIME: one.period})
            _generic_rest(xml, one, detail)


def _generic_rest(xml: Writer, one: Observation, detail: str) -> None:
    if one.value is not None:
        xml.leaf("gen:ObsValue", value=plain_text(one.value))
    if detail == "full":
        _generic_values(xml, "gen:Attributes", attributes_of(one))


def _generic_values(xml: Writer, element: str, values: dict[str, str]) -> None:
    with xml.element(element):
        for name, value in values.items():
            xml.leaf("gen:Value", id=name, value=value)


# By structure ----------------------------------------------------------------------------------


def _specific_series(xml: Writer, series: Series, detail: str) -> None:
    attributes = {"UNIT_MEASURE": series.unit_measure} if detail in {"full", "nodata"} else {}
    with xml.element("Series", **series.key, **attributes):
        for one in shown(series, detail):
            xml.leaf("Obs", **_specific(one, detail))


def _specific_flat(xml: Writer, series: Series, detail: str) -> None:
    for one in shown(series, detail):
        xml.leaf("Obs", **series.key, **_specific(one, detail))


def _specific(one: Observation, detail: str) -> dict[str, str]:
    value = {} if one.value is None else {vocabulary.VALUE: plain_text(one.value)}
    return {vocabulary.TIME: one.period, **value, **(attributes_of(one) if detail == "full" else {})}


# Both ------------------------------------------------------------------------------------------


def shown(series: Series, detail: str) -> tuple[Observation, ...]:
    """Return the observations that are sent: none when only the series are asked for."""
    return () if detail in {"serieskeysonly", "nodata"} else series.observations


def attributes_of(one: Observation) -> dict[str, str]:
    """Return what stands beside the number, without what does not apply to it: a published figure counts no units."""
    counts = {"N_DUE": one.n_due, "N_REPORTED": one.n_reported, "N_CARRIED": one.n_carried}
    counted = {name: str(count) for name, count in counts.items() if count is not None}
    said = {
        "RELEASE": one.release,
        "REVISED_FROM": "" if one.revised_from is None else plain_text(one.revised_from),
        "REVISED_AT": one.revised_at,
        "REVISION_REASON": one.reason,
    }
    return {"OBS_STATUS": one.status} | counted | {name: text for name, text in said.items() if text}
