"""Putting words together in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _


def listed(texts: Iterable[object]) -> str:
    """Return the texts as one enumeration: 甲、乙、丙, or a, b, c."""
    return _("、").join(str(text) for text in texts)


def _month_words(month: date) -> str:
    return date_format(month, "YEAR_MONTH_FORMAT")


#: A month as people write it (2007年9月, September 2007), in the language in which its sentence is read.
month_lazily = lazy(_month_words, str)


def in_both_languages(text: str | Promise) -> dict[str, str]:
    """Return a marked or lazy text in Chinese and English, by language tag."""
    words = {}
    for tag, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            words[tag] = _(text) if isinstance(text, str) else str(text)
    return words


class Said(str):
    """A sentence as it reads in the language of the moment, that can be kept and said again in another.

    >>> kept(Said("第 %(row)s 行", {"row": 3}))
    {'template': '第 %(row)s 行', 'params': {'row': 3}}
    """

    __slots__ = ("params", "template")

    template: str
    params: Mapping[str, object]

    def __new__(cls, template: str, params: Mapping[str, object] | None = None) -> Said:
        """Return the sentence of a marked template (`gettext_noop`) with its parameters."""
        told = super().__new__(cls, _(template) % params if params else _(template))
        told.template, told.params = template, params or {}
        return told


def kept(value: object) -> object:
    """Return what can be stored as JSON and said again: templates instead of the sentences made of them."""
    if isinstance(value, Said):
        return {"template": value.template, "params": kept(value.params)}
    if isinstance(value, Mapping):
        return {str(name): kept(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [kept(one) for one in value]
    return value if isinstance(value, int | bool | None) else str(value)


def said_again(value: object) -> object:
    """Return what `kept` stored, with each template a sentence in the language of the moment."""
    if isinstance(value, Mapping):
        if value.keys() == {"template", "params"}:
            return str(Said(str(value["template"]), said_again(value["params"]) or None))  # type: ignore[arg-type]
        return {name: said_again(one) for name, one in value.items()}
    if isinstance(value, list):
        return [said_again(one) for one in value]
    return value
