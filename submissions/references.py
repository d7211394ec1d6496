"""Figures from elsewhere, from a file: what units are compared with, and what was published for the country."""

from __future__ import annotations

from django.db import transaction

from accounts.models import ReportingUnit
from submissions.models import PublishedFigure, ReferenceFigure
from targets.models import Indicator
from workplan.lib.loading import Effect, Reader, Row, upsert

SCHEMA = "workplan/references/1"

_REFERENCE = ("name", "value", "source")
_PUBLISHED = ("month", "release", "value", "published_on", "source", "is_synthetic")


@transaction.atomic
def load_references(document: Row) -> list[Effect]:
    """Write the figures of the file; what it leaves out stays, and what a person corrected since is written over.

    :raises FileRefused: with every problem; nothing is written.
    """
    reader = Reader()
    reader.check_schema(document, SCHEMA)
    references = _references(reader, document)
    published = _published(reader, document)
    reader.finish()
    return [
        upsert(
            "reference figures",
            ReferenceFigure.objects.all(),
            references,
            key=["unit", "year", "name"],
            fields=["value", "source"],
        )[0],
        upsert(
            "published figures",
            PublishedFigure.objects.all(),
            published,
            key=["unit", "indicator", "month", "release"],
            fields=["value", "published_on", "source", "is_synthetic"],
        )[0],
    ]


def _references(reader: Reader, document: Row) -> list[ReferenceFigure]:
    units = {unit.code: unit for unit in ReportingUnit.objects.all()}
    year, source = document.get("year"), document.get("reference_source", "")
    if not isinstance(year, int):
        reader.complain("/year", "a year is expected here.")
    found = []
    for at, row in reader.rows(document, "references"):
        built = reader.instance(ReferenceFigure, {"source": source, **row}, at, fields=_REFERENCE, others=("unit",))
        if not reader.refuse_unknown(row.get("unit"), units, f"{at}/unit", "unit"):
            built.unit, built.year = units[str(row["unit"])], year if isinstance(year, int) else 0
            found.append(built)
    reader.refuse_repeated(((str(one), (one.unit_id, one.name)) for one in found), "reference")
    return found


def _published(reader: Reader, document: Row) -> list[PublishedFigure]:
    indicators = {indicator.code: indicator for indicator in Indicator.objects.all()}
    units = {unit.code: unit for unit in ReportingUnit.objects.filter(level__gt=0)}
    found = []
    for at, row in reader.rows(document, "published"):
        built = reader.instance(PublishedFigure, row, at, fields=_PUBLISHED, others=("indicator", "unit"))
        of_country = "unit" not in row
        if not of_country and not reader.refuse_unknown(row["unit"], units, f"{at}/unit", "unit"):
            built.unit = units[str(row["unit"])]
        if not reader.refuse_unknown(row.get("indicator"), indicators, f"{at}/indicator", "indicator"):
            built.indicator = indicators[str(row["indicator"])]
            found.append(built)
    keys = ((str(one), (one.unit_id, one.indicator_id, one.month, one.release)) for one in found)
    reader.refuse_repeated(keys, "figure")
    return found
