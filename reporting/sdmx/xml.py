"""Writing SDMX-ML piece by piece: elements as context managers, over the standard library's generator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator

from reporting.sdmx import vocabulary

_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
NAMESPACES = {
    "xmlns:mes": f"{_SCHEMAS}/message",
    "xmlns:com": f"{_SCHEMAS}/common",
    "xmlns:str": f"{_SCHEMAS}/structure",
    "xmlns:gen": f"{_SCHEMAS}/data/generic",
    "xmlns:ss": f"{_SCHEMAS}/data/structurespecific",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
#: The namespace and the local name under which data messages refer to the structure.
STRUCTURE_URN = (
    f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
    f"{vocabulary.AGENCY}:{vocabulary.FLOW}({vocabulary.VERSION})"
)
STRUCTURE_ID = f"{vocabulary.AGENCY}_{vocabulary.FLOW}"


class Writer:
    """Writes one XML document in UTF-8."""

    def __init__(self, out: BinaryIO) -> None:
        self._xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)

    @contextmanager
    def document(self, name: str, **attributes: str) -> Iterator[None]:
        """Open the root element, with every namespace."""
        self._xml.startDocument()
        with self.element(name, **NAMESPACES, **attributes):
            yield

    @contextmanager
    def element(self, name: str, **attributes: str) -> Iterator[None]:
        self._xml.startElement(name, attributes)
        yield
        self._xml.endElement(name)

    def leaf(self, name: str, text: str = "", **attributes: str) -> None:
        """Write an element without children."""
        self._xml.startElement(name, attributes)
        if text:
            self._xml.characters(text)
        self._xml.endElement(name)

    def end(self) -> None:
        self._xml.endDocument()


def header(xml: Writer, prepared: datetime, *, at_observation: str | None = None) -> None:
    """Write the header; with the dimension at the observation, that of a data message."""
    with xml.element("mes:Header"):
        xml.leaf("mes:ID", f"{STRUCTURE_ID}_{prepared:%Y%m%dT%H%M%S}")
        xml.leaf("mes:Test", "false")
        xml.leaf("mes:Prepared", prepared.isoformat(timespec="seconds"))
        xml.leaf("mes:Sender", id=vocabulary.AGENCY)
        if at_observation is not None:
            place = {"structureID": STRUCTURE_ID, "namespace": STRUCTURE_URN, "dimensionAtObservation": at_observation}
            with xml.element("mes:Structure", **place), xml.element("com:Structure"):
                xml.leaf("Ref", agencyID=vocabulary.AGENCY, id=vocabulary.FLOW, version=vocabulary.VERSION)
