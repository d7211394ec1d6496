"""JSON read without guessing: what two readers could understand differently is refused, with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from workplan.lib.numbers import FLOAT_DIGITS
from workplan.lib.problems import WHOLE_BODY, Fault, RequestRefused, pointer_to, refuse

DEEPEST = 50
LONGEST_NUMBER = 64
#: Enough to mend a body by; the rest would only fill the answer.
MOST_FAULTS = 100

#: A JSON number counts with its 15 significant digits, as programs and spreadsheets mean it (acceptance.md C.0).
_AS_MEANT = Context(prec=FLOAT_DIGITS, rounding=ROUND_HALF_EVEN)
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_DEEP = gettext_noop("嵌套超过 %(deepest)s 层。")

Link = tuple["Link", object] | None


@dataclass(frozen=True)
class _Unusable:
    """Stands in the tree where something cannot be accepted, until its place is known."""

    code: str
    message: str


def read_object(data: bytes) -> dict[str, object]:
    """Return the JSON object in a request body; integers and decimals are exact.

    :raises RequestRefused: another encoding or shape, repeated keys, NaN, control characters; every place is named.

    >>> read_object(b'{"value": 0.30000000000000004}')
    {'value': Decimal('0.300000000000000')}
    """
    tree = _parsed(_decoded(data))
    faults = [fault for fault, _number in zip(_faults(tree), range(MOST_FAULTS), strict=False)]
    if faults:
        raise RequestRefused(faults)
    if not isinstance(tree, dict):
        raise refuse(WHOLE_BODY, "not_an_object", _("请发送一个 JSON 对象：{…}。"))
    return tree


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if (data and not text) or text.startswith("\ufeff") or "\0" in text[:4]:
        raise refuse(WHOLE_BODY, "not_utf8", _("请以 UTF-8 编码发送，不带 BOM。"))
    return text


def _parsed(text: str) -> object:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
        )
    except RecursionError:
        raise refuse(WHOLE_BODY, "too_deep", _(_DEEP) % {"deepest": DEEPEST}) from None
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise refuse(WHOLE_BODY, "not_json", _("第 %(line)s 行第 %(column)s 个字符处不是 JSON。") % place) from None


def _object(pairs: list[tuple[str, object]]) -> object:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    repeated = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return _Unusable("repeated_key", _("“%(key)s”出现了两次，请只保留一次。") % {"key": repeated[:40]})


def _integer(digits: str) -> object:
    return int(digits) if len(digits) <= LONGEST_NUMBER else _too_long()


def _decimal(digits: str) -> object:
    if len(digits) > LONGEST_NUMBER:
        return _too_long()
    try:
        number = _AS_MEANT.create_decimal(digits)
    except ArithmeticError:  # beyond any exponent that decimals hold
        return _too_long()
    return number if number.is_finite() else _too_long()


def _constant(name: str) -> _Unusable:
    return _Unusable("not_finite", _("%(name)s 不是数。没有数据请写 null。") % {"name": name})


def _too_long() -> _Unusable:
    return _Unusable("number_too_long", _("数太大或太长，最多 %(most)s 个字符。") % {"most": LONGEST_NUMBER})


def _faults(tree: object) -> Iterator[Fault]:
    """Walk the tree without recursion; a pointer is only written out where there is a fault."""
    pending: list[tuple[object, Link, int]] = [(tree, None, 1)]
    while pending:
        node, link, depth = pending.pop()
        if isinstance(node, _Unusable):
            yield Fault(pointer=_pointer(link), code=node.code, message=node.message)
        elif isinstance(node, str) and _FORBIDDEN.search(node):
            yield _forbidden_character(link)
        elif isinstance(node, dict | list) and depth > DEEPEST:
            yield Fault(pointer=_pointer(link), code="too_deep", message=_(_DEEP) % {"deepest": DEEPEST})
        elif isinstance(node, dict):
            if any(_FORBIDDEN.search(key) for key in node):
                yield _forbidden_character(link)
            pending += [(child, (link, key), depth + 1) for key, child in node.items()]
        elif isinstance(node, list):
            pending += [(child, (link, index), depth + 1) for index, child in enumerate(node)]


def _forbidden_character(link: Link) -> Fault:
    message = _("有无法保存的字符（NUL 或单独的代理字符），请删去。")
    return Fault(pointer=_pointer(link), code="forbidden_character", message=message)


def _pointer(link: Link) -> str:
    steps: list[object] = []
    while link is not None:
        link, step = link
        steps.append(step)
    return _FORBIDDEN.sub("\ufffd", pointer_to(*reversed(steps)))
