"""Addresses of SDMX 2.1 REST: they end without a slash, and their last parts may be left out.

The document of the API shows the longest form of each.
"""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from reporting.sdmx.views import KINDS, Data, Structure


class KindConverter(StringConverter):
    regex = KINDS


class NameConverter(StringConverter):
    regex = r"[A-Za-z0-9_+*~.]{1,40}"


class FlowConverter(StringConverter):
    regex = r"[A-Za-z0-9_,.+*]{1,60}"


class KeyConverter(StringConverter):
    regex = r"[A-Za-z0-9_.+]{1,2000}"


register_converter(KindConverter, "sdmx_kind")
register_converter(NameConverter, "sdmx_name")
register_converter(FlowConverter, "sdmx_flow")
register_converter(KeyConverter, "sdmx_key")

_shorter_structure, _shorter_data = Structure.as_view(schema=None), Data.as_view(schema=None)
urlpatterns = [
    path("data/<sdmx_flow:flow>", _shorter_data),
    path("data/<sdmx_flow:flow>/<sdmx_key:key>", Data.as_view(), name="sdmx-data"),
    path("data/<sdmx_flow:flow>/<sdmx_key:key>/<sdmx_name:provider>", _shorter_data),
    path("<sdmx_kind:kind>", _shorter_structure),
    path("<sdmx_kind:kind>/<sdmx_name:agency>", _shorter_structure),
    path("<sdmx_kind:kind>/<sdmx_name:agency>/<sdmx_name:resource>", _shorter_structure),
    path(
        "<sdmx_kind:kind>/<sdmx_name:agency>/<sdmx_name:resource>/<sdmx_name:version>",
        Structure.as_view(),
        name="sdmx-structure",
    ),
]
