"""What goes in and out over REST: strict readers that refuse what was not asked for, plain writers of figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from workplan.lib.numbers import plain_text

LONGEST_INTEGER = 18
_REQUIRED = {"required": _("缺少这一项。"), "null": _("这一项不能为 null。")}


class StrictSerializer(serializers.Serializer):
    """Refuses by name what it does not know and what may not be written."""

    def to_internal_value(self, data: object) -> dict[str, object]:
        if not isinstance(data, Mapping):
            raise ValidationError(
                {"non_field_errors": [ErrorDetail(str(_("请发送一个 JSON 对象。")), "not_an_object")]}
            )
        errors: dict[str, object] = dict(self._foreign(data))
        try:
            value = super().to_internal_value(data)
        except ValidationError as refusal:
            errors |= refusal.detail
        if errors:
            raise ValidationError(errors)
        return value

    @property
    def sound(self) -> dict[str, object]:
        """What a refused body says in the fields that have no fault of their own, so that these are judged too."""
        given = self.initial_data
        if not isinstance(given, Mapping):
            return {}
        names = [name for name in self.fields if name in given and name not in self.errors]
        return {name: self.fields[name].run_validation(given[name]) for name in names}

    def _foreign(self, data: Mapping[str, object]) -> Iterable[tuple[str, list[ErrorDetail]]]:
        for name in data:
            field = self.fields.get(name)
            if field is None:
                yield name, [ErrorDetail(str(_("没有这一项。请核对名称。")), "unknown_field")]
            elif field.read_only:
                yield name, [ErrorDetail(str(_("这一项由系统填写，不能写入。")), "read_only")]


# Readers ---------------------------------------------------------------------------------------


class StrictInteger(serializers.IntegerField):
    """A JSON integer, judged by its value (1.0 is one); no text, no true."""

    default_error_messages = _REQUIRED | {
        "invalid": _("须是整数。"),
        "min_value": _("不能小于 {min_value}。"),
        "max_value": _("不能大于 {max_value}。"),
    }

    def to_internal_value(self, data: object) -> int:
        is_whole = isinstance(data, Decimal) and data == data.to_integral_value() and data.adjusted() < LONGEST_INTEGER
        if type(data) is not int and not is_whole:
            self.fail("invalid")
        return int(data)


class QueryInteger(serializers.IntegerField):
    """A whole number in an address: a few ASCII digits."""

    default_error_messages = StrictInteger.default_error_messages

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, str) or not re.fullmatch("[0-9]{1,9}", data):
            self.fail("invalid")
        return int(data)


class YesNo(serializers.ChoiceField):
    """A switch in an address, off by default: true or false, and nothing that looks like it."""

    default_error_messages: ClassVar = {"invalid_choice": _("须是 true 或 false。")}

    def __init__(self, **options: object) -> None:
        super().__init__(["true", "false"], required=False, **options)

    def get_default(self) -> bool:
        return False

    def to_internal_value(self, data: object) -> bool:
        return super().to_internal_value(data) == "true"


class StrictText(serializers.CharField):
    """JSON text; a number or true is not turned into one."""

    default_error_messages = _REQUIRED | {
        "invalid": _("须是文字。"),
        "blank": _("这一项不能为空。"),
        "max_length": _("最多 {max_length} 个字。"),
    }

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Code(serializers.RegexField):
    """A code as it stands in the reference data, such as 440000 or T04."""

    default_error_messages = _REQUIRED | {"invalid": _("代码的写法不对。"), "blank": _("这一项不能为空。")}

    def __init__(self, regex: str, **options: object) -> None:
        super().__init__(rf"\A{regex}\Z", trim_whitespace=False, **options)


def lower_case(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return our stored words as programs read and write them."""
    return [(value.lower(), label) for value, label in choices]


class LowerChoice(serializers.ChoiceField):
    """One of our stored words, in lower case for programs; its choices come from `lower_case`."""

    default_error_messages = _REQUIRED | {"invalid_choice": _("没有“{input}”这个取值。")}

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=str(data)[:40])
        return data.upper()

    def to_representation(self, value: object) -> str | None:
        return None if value in {None, ""} else str(value).lower()


# Writers ---------------------------------------------------------------------------------------


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "example": "310000"})
class DecimalText(serializers.Field):
    """An exact decimal in base units, as text: every digit, no exponent, no trailing zeros; None stays null."""

    default_error_messages: ClassVar[dict[str, str]] = {}

    def __init__(self, **options: object) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Decimal | int) -> str:
        return plain_text(Decimal(value))
