"""Which series are asked for: the key of an SDMX data query, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reporting.sdmx import vocabulary
from reporting.sdmx.times import months_of
from workplan.lib.problems import refuse
from workplan.lib.rest import QueryInteger
from workplan.lib.serializers import StrictSerializer

ALL = "all"
_SHOWN = 60


@dataclass(frozen=True)
class Key:
    """The codes wanted in each dimension; none given is every one."""

    wanted: Mapping[str, frozenset[str]]

    def takes(self, dimension: str, code: str) -> bool:
        return not self.wanted[dimension] or code in self.wanted[dimension]


def read_key(text: str) -> Key:
    """Return the key, dimensions in order and parted by points, alternatives by plus signs, empty for any.

    :raises RequestRefused: it has another number of dimensions.
    """
    names = list(vocabulary.DIMENSIONS)
    parts = [""] * len(names) if text in {"", ALL} else text.split(".")
    if len(parts) != len(names):
        message = _("序列键“%(key)s”应有 %(count)s 段，依次为 %(names)s，以点分隔；不限的一段留空。")
        words = {"key": text[:_SHOWN], "count": len(names), "names": ".".join(names)}
        raise refuse("/key", "bad_key", message % words)
    return Key({name: frozenset(part.split("+")) - {""} for name, part in zip(names, parts, strict=True)})


@extend_schema_field(OpenApiTypes.STR)
class TimePeriod(serializers.Field):
    """A period of time: 2007, 2007-06, 2007-Q2, 2007-S1, 2007-06-30."""

    default_error_messages = {"invalid": gettext_lazy("不是时间。请写如 2007、2007-06、2007-Q2。")}

    def to_internal_value(self, data: str) -> tuple[date, date]:
        try:
            return months_of(data)
        except ValueError:
            self.fail("invalid")


class DataQuery(StrictSerializer):
    """The standard parameters of a data query that this service knows."""

    startPeriod = TimePeriod(required=False)
    endPeriod = TimePeriod(required=False)
    firstNObservations = QueryInteger(min_value=1, required=False)
    lastNObservations = QueryInteger(min_value=1, required=False)
    dimensionAtObservation = serializers.ChoiceField([vocabulary.TIME, "AllDimensions"], default=vocabulary.TIME)
    detail = serializers.ChoiceField(["full", "dataonly", "serieskeysonly", "nodata"], default="full")
    format = serializers.ChoiceField(["genericdata", "structurespecificdata", "csv"], required=False)


class StructureQuery(StrictSerializer):
    """The standard parameters of a structure query; everything referred to is always sent along."""

    references = serializers.CharField(max_length=40, required=False)
    detail = serializers.CharField(max_length=40, required=False)
