"""Approvals that do not wait for every unit below, over REST: what is sent, and what is told of them."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.intake.cells import LONGEST_TEXT
from targets.serializers import UNIT_CODE
from workplan.lib.serializers import Code, StrictSerializer, StrictText

#: No unit has more units below it.
MOST_UNITS = 5_000


@extend_schema_field({"type": "array", "items": {"type": "string", "pattern": f"^{UNIT_CODE}$"}, "minItems": 1})
class _UnitCodes(serializers.ListField):
    child = Code(UNIT_CODE)
    default_error_messages: ClassVar = {
        "not_a_list": _("请发送一个 JSON 数组。"),
        "max_length": _("最多 {max_length} 行。"),
        "null": _("这一项不能为 null。"),
    }


class ExceptionReader(StrictSerializer):
    """The units below that the approval is not to wait for, and why."""

    units = _UnitCodes(max_length=MOST_UNITS)
    reason = StrictText(max_length=LONGEST_TEXT)


class ApprovalExceptionSerializer(serializers.Serializer):
    """A unit below that the approval in force did not wait for."""

    unit = serializers.CharField(source="unit.code")
    reason = serializers.CharField()
    by = serializers.CharField(source="decision.by.label")
    at = serializers.DateTimeField(source="decision.at")
