"""SDMX 2.1 REST: structure and data. What is refused is answered like everywhere else in this API."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from tempfile import TemporaryFile
from typing import ClassVar

from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.rest import FiguresResource, Resource
from reporting.sdmx import vocabulary
from reporting.sdmx.data_csv import COLUMNS, csv_rows
from reporting.sdmx.data_xml import generic_data, structure_specific_data
from reporting.sdmx.keys import DataQuery, StructureQuery, read_key
from reporting.sdmx.observations import series
from reporting.sdmx.structure_xml import structure_message

STRUCTURE_TYPE = "application/vnd.sdmx.structure+xml;version=2.1"
_ANY = frozenset({"all", "*"})
_LATEST = _ANY | {"latest", "+", "~", vocabulary.VERSION}
#: What may be asked for by name in a structure query.
_ARTEFACTS = {
    "structure": {vocabulary.FLOW},
    "dataflow": {vocabulary.FLOW},
    "datastructure": {vocabulary.FLOW},
    "conceptscheme": {vocabulary.CONCEPTS},
    "codelist": {*vocabulary.DIMENSIONS.values(), "CL_UNIT_MEASURE", "CL_OBS_STATUS"},
    "agencyscheme": {"AGENCIES"},
}
KINDS = "|".join(_ARTEFACTS)


class GenericRenderer(JSONRenderer):
    """Names a format for negotiation; the message is written here, a refusal stays JSON."""

    format, media_type = "genericdata", "application/vnd.sdmx.genericdata+xml;version=2.1"


class StructureSpecificRenderer(JSONRenderer):
    format, media_type = "structurespecificdata", "application/vnd.sdmx.structurespecificdata+xml;version=2.1"


class SdmxCsvRenderer(JSONRenderer):
    format, media_type = "csv", "application/vnd.sdmx.data+csv;version=1.0.0"


class StructureRenderer(JSONRenderer):
    format, media_type = "structure", STRUCTURE_TYPE


class Structure(Resource):
    """Dataflow, data structure, code lists, concepts: whichever is asked for, all that belongs together is sent."""

    query_class = StructureQuery
    renderer_classes: ClassVar = [StructureRenderer, JSONRenderer]

    @extend_schema(
        summary=gettext_lazy("SDMX 2.1 结构：数据流、数据结构、代码表、概念"),
        responses={(200, STRUCTURE_TYPE): OpenApiResponse(OpenApiTypes.STR)},
    )
    def get(
        self, request: Request, kind: str, agency: str = "all", resource: str = "all", version: str = "latest"
    ) -> HttpResponse:
        owners = _ANY | {vocabulary.AGENCY, "SDMX"}
        if agency not in owners or version not in _LATEST or resource not in _ARTEFACTS[kind] | _ANY:
            raise Http404
        return HttpResponse(structure_message(timezone.localtime()), content_type=STRUCTURE_TYPE)


class Data(FiguresResource):
    """The totals as series, in three formats; no more of them than the person may read."""

    query_class = DataQuery
    renderer_classes: ClassVar = [GenericRenderer, StructureSpecificRenderer, SdmxCsvRenderer, JSONRenderer]

    @extend_schema(
        summary=gettext_lazy("SDMX 2.1 数据：各单位、各指标逐期的汇总"),
        responses={
            (200, GenericRenderer.media_type): OpenApiResponse(OpenApiTypes.STR),
            (200, StructureSpecificRenderer.media_type): OpenApiResponse(OpenApiTypes.STR),
            (200, SdmxCsvRenderer.media_type): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def get(self, request: Request, flow: str, key: str = "all", provider: str = "all") -> FileResponse:
        _check_flow(flow, provider)
        found = _at_least_one(series(request.user, read_key(key), self.query))
        wanted = request.accepted_renderer
        prepared = timezone.localtime()
        if wanted.format == SdmxCsvRenderer.format:
            pieces = _csv(csv_rows(found, self.query["detail"]))
        elif wanted.format == StructureSpecificRenderer.format:
            pieces = structure_specific_data(found, self.query, prepared)
        else:
            pieces, wanted = generic_data(found, self.query, prepared), GenericRenderer
        return _complete(pieces, wanted.media_type)


def _check_flow(flow: str, provider: str) -> None:
    """Refuse another dataflow: WORKPLAN, WP,WORKPLAN and WP,WORKPLAN,1.0 are the same one."""
    agency, name, version = ([*flow.split(","), *[""] * 3])[:3] if "," in flow else ("", flow, "")
    is_ours = agency in {"", *_ANY, vocabulary.AGENCY} and name == vocabulary.FLOW and version in {"", *_LATEST}
    if not is_ours or flow.count(",") > 2 or provider not in _ANY | {vocabulary.AGENCY}:
        raise Http404


def _at_least_one(found: Iterator) -> Iterator:
    """Return the series; none at all is not found, as the standard says.

    :raises Http404: nothing that the person may read matches.
    """
    first = next(found, None)
    if first is None:
        raise Http404
    return _chained(first, found)


def _chained(first: object, rest: Iterator) -> Iterator:
    yield first
    yield from rest


def _csv(rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(row)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _complete(pieces: Iterable[bytes], media_type: str) -> FileResponse:
    """Return the message, complete or not at all: an error in the middle answers as an error."""
    stream = TemporaryFile()  # noqa: SIM115 -- the response closes it
    try:
        for piece in pieces:
            stream.write(piece)
    except BaseException:
        stream.close()
        raise
    stream.seek(0)
    return FileResponse(stream, content_type=media_type)
