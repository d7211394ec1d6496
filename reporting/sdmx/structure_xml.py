"""The structure message: agency, dataflow, code lists, concepts and the data structure, always all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from reporting.sdmx import vocabulary
from reporting.sdmx.vocabulary import AGENCY, CONCEPTS, FLOW, VERSION, Codelist, Names
from reporting.sdmx.xml import Writer, header
from workplan.lib.words import in_both_languages

_PACKAGES = {
    "Codelist": "codelist",
    "Concept": "conceptscheme",
    "DataStructure": "datastructure",
}


def structure_message(prepared: datetime) -> bytes:
    """Return the message as SDMX-ML 2.1."""
    out = BytesIO()
    xml = Writer(out)
    with xml.document("mes:Structure"):
        header(xml, prepared)
        with xml.element("mes:Structures"):
            _agency(xml)
            _dataflow(xml)
            with xml.element("str:Codelists"):
                for codelist in vocabulary.codelists():
                    _codelist(xml, codelist)
            _concepts(xml)
            _data_structure(xml)
    xml.end()
    return out.getvalue()


def _agency(xml: Writer) -> None:
    with (
        xml.element("str:OrganisationSchemes"),
        xml.element("str:AgencyScheme", id="AGENCIES", agencyID="SDMX", version=VERSION),
    ):
        xml.leaf("com:Name", "Agencies", **{"xml:lang": "en"})
        with xml.element("str:Agency", id=AGENCY):
            _names(xml, in_both_languages("年度工作要点目标管理平台"))


def _dataflow(xml: Writer) -> None:
    with xml.element("str:Dataflows"), xml.element("str:Dataflow", **_identity(FLOW)):
        _names(xml, in_both_languages(vocabulary.FLOW_NAME))
        with xml.element("str:Structure"):
            _reference(xml, "DataStructure", FLOW)


def _codelist(xml: Writer, codelist: Codelist) -> None:
    with xml.element("str:Codelist", **_identity(codelist.name)):
        _names(xml, codelist.names)
        for code in codelist.codes:
            with xml.element("str:Code", id=code.code):
                _names(xml, code.names)
                if code.parent:
                    with xml.element("str:Parent"):
                        xml.leaf("Ref", id=code.parent)


def _concepts(xml: Writer) -> None:
    with xml.element("str:Concepts"), xml.element("str:ConceptScheme", **_identity(CONCEPTS)):
        _names(xml, in_both_languages(vocabulary.FLOW_NAME))
        for concept in vocabulary.concepts():
            with xml.element("str:Concept", id=concept.code):
                _names(xml, concept.names)


def _data_structure(xml: Writer) -> None:
    with xml.element("str:DataStructures"), xml.element("str:DataStructure", **_identity(FLOW)):
        _names(xml, in_both_languages(vocabulary.FLOW_NAME))
        with xml.element("str:DataStructureComponents"):
            _dimensions(xml)
            _attributes(xml)
            with (
                xml.element("str:MeasureList", id="MeasureDescriptor"),
                xml.element("str:PrimaryMeasure", id=vocabulary.VALUE),
            ):
                _concept_identity(xml, vocabulary.VALUE)


def _dimensions(xml: Writer) -> None:
    with xml.element("str:DimensionList", id="DimensionDescriptor"):
        for position, (name, codelist) in enumerate(vocabulary.DIMENSIONS.items(), 1):
            with xml.element("str:Dimension", id=name, position=str(position)):
                _concept_identity(xml, name)
                _enumeration(xml, codelist)
        position = len(vocabulary.DIMENSIONS) + 1
        with xml.element("str:TimeDimension", id=vocabulary.TIME, position=str(position)):
            _concept_identity(xml, vocabulary.TIME)
            with xml.element("str:LocalRepresentation"):
                xml.leaf("str:TextFormat", textType="ObservationalTimePeriod")


def _attributes(xml: Writer) -> None:
    with xml.element("str:AttributeList", id="AttributeDescriptor"):
        for name, codelist in vocabulary.SERIES_ATTRIBUTES.items():
            _attribute(xml, name, codelist, vocabulary.DIMENSIONS)
        for name, codelist in vocabulary.OBSERVATION_ATTRIBUTES.items():
            _attribute(xml, name, codelist, ())


def _attribute(xml: Writer, name: str, codelist: str | None, dimensions: Iterable[str]) -> None:
    """Write an attribute of the series with these dimensions, or with none of the observation."""
    status = "Mandatory" if name == "OBS_STATUS" else "Conditional"
    with xml.element("str:Attribute", id=name, assignmentStatus=status):
        _concept_identity(xml, name)
        if codelist:
            _enumeration(xml, codelist)
        with xml.element("str:AttributeRelationship"):
            for dimension in dimensions:
                with xml.element("str:Dimension"):
                    xml.leaf("Ref", id=dimension)
            if not dimensions:
                with xml.element("str:PrimaryMeasure"):
                    xml.leaf("Ref", id=vocabulary.VALUE)


def _concept_identity(xml: Writer, concept: str) -> None:
    with xml.element("str:ConceptIdentity"):
        scheme = {"maintainableParentID": CONCEPTS, "maintainableParentVersion": VERSION}
        xml.leaf("Ref", id=concept, **scheme, agencyID=AGENCY, **{"package": _PACKAGES["Concept"], "class": "Concept"})


def _enumeration(xml: Writer, codelist: str) -> None:
    with xml.element("str:LocalRepresentation"), xml.element("str:Enumeration"):
        _reference(xml, "Codelist", codelist)


def _reference(xml: Writer, kind: str, name: str) -> None:
    place = {"package": _PACKAGES[kind], "class": kind}
    xml.leaf("Ref", id=name, version=VERSION, agencyID=AGENCY, **place)


def _identity(name: str) -> dict[str, str]:
    return {"id": name, "agencyID": AGENCY, "version": VERSION, "isFinal": "true"}


def _names(xml: Writer, names: Names) -> None:
    for language, name in names.items():
        xml.leaf("com:Name", name, **{"xml:lang": language})
