"""The OpenAPI 3.1 document says what the views do: declared parameters, strict bodies, and every refusal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as FrameworkSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from workplan.lib import problems
from workplan.lib.serializers import StrictSerializer

Schema = dict[str, object]

#: What the variables of our addresses look like.
PATH_PARAMETERS = {
    "year": OpenApiParameter(
        "year", {"type": "integer", "minimum": 1000, "maximum": 9999}, "path", description=_("计划年度，如 2007")
    ),
    "month": OpenApiParameter("month", str, "path", pattern="^[0-9]{4}-[0-9]{2}$", description=_("报告期，如 2007-06")),
    "unit": OpenApiParameter("unit", str, "path", pattern="^[0-9]{6}$", description=_("单位的六位代码，如 440000")),
    "indicator": OpenApiParameter(
        "indicator", str, "path", pattern="^[A-Z][0-9A-Z]{1,11}$", description=_("指标代码，如 T01")
    ),
    "number": OpenApiParameter(
        "number", {"type": "integer", "minimum": 1, "maximum": 9999}, "path", description=_("工作要点的序号")
    ),
    "pk": OpenApiParameter("pk", {"type": "integer", "minimum": 1}, "path", description=_("编号，见一览中的 id")),
    "key": OpenApiParameter("key", {"type": "string", "format": "uuid"}, "path", description=_("后台导入的编号")),
}

_READING = (400, 401, 403, 404, 429)
_WRITING = (409, 413, 415, 422)


class FaultSerializer(serializers.Serializer):
    """One fault: its place in the body (JSON pointer), the address (?name) or the file (row, column)."""

    pointer = serializers.CharField(required=False)
    row = serializers.IntegerField(required=False)
    column = serializers.CharField(required=False)
    code = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.CharField(required=False)
    explanation = serializers.CharField(required=False)
    suggestion = serializers.CharField(required=False, allow_null=True, help_text=_("很可能想填的内容，可以原样填写"))
    field = serializers.CharField(required=False, help_text=_("建议填入该数据的哪一项：value、numerator、denominator"))


class ProblemSerializer(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True)


class TokenScheme(OpenApiAuthenticationExtension):
    """An opaque token in the Authorization header."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: FrameworkSchema) -> Schema:
        return {"type": "http", "scheme": "bearer"}


class AutoSchema(FrameworkSchema):
    """Adds what the framework does not know of our views."""

    def get_override_parameters(self) -> list[object]:
        names = [name for name in PATH_PARAMETERS if f"{{{name}}}" in self.path]
        parameters: list[object] = [PATH_PARAMETERS[name] for name in names]
        named = {"GET": "query_class", "POST": "posted_query_class"}.get(self.method, "")
        query_class = getattr(self.view, named, None)
        if query_class is not None and query_class().fields:
            parameters.append(query_class)
        if self.method == "POST" and getattr(self.view.post, "takes_key", False):
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    "header",
                    pattern="^[!-~]{1,200}$",
                    description=_("同一个键重复发送时，只执行一次并返回第一次的答复；保留 24 小时。"),
                )
            )
        return parameters

    def get_summary(self) -> str | None:
        return getattr(self.view, "summary", None)

    def get_description(self) -> str:
        return ""  # docstrings are for the next engineer; readers of the page have summaries

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        bodies = super()._get_response_bodies(direction)
        usual = _READING if self.method == "GET" else _READING + _WRITING
        for status in getattr(self.view, "problem_statuses", usual):
            refusal = OpenApiResponse(ProblemSerializer, description=problems.TITLES[status])
            bodies.setdefault(
                str(status), self._get_response_for_code(refusal, str(status), media_types=[problems.MEDIA_TYPE])
            )
        return bodies

    def _map_serializer(self, serializer: serializers.BaseSerializer, direction: str, *how: object) -> Schema:
        # A view may name a serializer once for all; its fields keep what was a title in the language first asked for.
        instance = force_instance(serializer)
        vars(instance).pop("fields", None)
        schema: Schema = super()._map_serializer(instance, direction, *how)
        return schema

    def _postprocess_serializer_schema(
        self, schema: Schema, serializer: serializers.BaseSerializer, direction: str
    ) -> Schema:
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)
        if isinstance(serializer, StrictSerializer) and direction == "request":
            schema["additionalProperties"] = False
        return schema
