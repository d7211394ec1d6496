"""The cells of our sheets: what each kind of cell may hold, and how it is written."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from targets.models import Item
from workplan.lib.numbers import NumberRefused, from_json_number, is_blank, plain_text

_WORDS_FOR_TRUE = {"TRUE", "1", "是"}
_WORDS_FOR_FALSE = {"FALSE", "0", "否"}


class TextWidget(Widget):
    """Text as it stands; a number typed into a text column is its digits."""

    def clean(self, value: object, row: dict | None = None, **kwargs: object) -> str:
        return as_code(value)


class CodeWidget(Widget):
    """A row named by its code. “There is no … with the code …”, instead of an error of the database."""

    def __init__(self, model: type[Model], column: str, sentence: str, *, digits: int = 0) -> None:
        super().__init__()
        self.model, self.column, self.sentence, self.digits = model, column, sentence, digits
        self.known: dict[str, Model] | None = None

    def clean(self, value: object, row: dict | None = None, **kwargs: object) -> Model | None:
        code = as_code(value)
        if not code:
            return None
        if self.known is None:
            self.known = {str(getattr(one, self.column)): one for one in self.model.objects.all()}
        found = self.known.get(code.zfill(self.digits))
        if found is None:
            raise ValueError(_(self.sentence) % {"code": code[:40]})
        return found

    def render(self, value: Model | None, obj: Model | None = None, **kwargs: object) -> object:
        return "" if value is None else getattr(value, self.column)


class ItemWidget(Widget):
    """An item by its number within the plan that the row names."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[str, str], Item] | None = None

    def clean(self, value: object, row: dict | None = None, **kwargs: object) -> Item:
        if self.known is None:
            items = Item.objects.select_related("plan")
            self.known = {(str(item.plan.year), str(item.number)): item for item in items}
        year, number = as_code((row or {}).get("plan")), as_code(value)
        found = self.known.get((year, number))
        if found is None:
            raise ValueError(_("%(year)s 年的计划没有第 %(number)s 项。") % {"year": year[:10], "number": number[:10]})
        return found

    def render(self, value: Item | None, obj: Model | None = None, **kwargs: object) -> object:
        return "" if value is None else value.number


class FigureWidget(Widget):
    """A number by the one grammar; a number in a sheet, plain digits in text."""

    def __init__(self, *, decimals: int) -> None:
        super().__init__()
        self.decimals = decimals

    def clean(self, value: object, row: dict | None = None, **kwargs: object) -> Decimal | int | None:
        number = read_figure(value, decimals=self.decimals)
        return number if self.decimals or number is None else int(number)

    def render(self, value: Decimal | int | None, obj: Model | None = None, **kwargs: object) -> object:
        if value is None:
            return ""
        return value if kwargs.get("force_native_type") else plain_text(Decimal(value))


class YesNoWidget(Widget):
    """TRUE or FALSE; anything else is refused instead of taken for no."""

    def clean(self, value: object, row: dict | None = None, **kwargs: object) -> bool:
        word = as_code(value).upper()
        if word not in _WORDS_FOR_TRUE | _WORDS_FOR_FALSE:
            raise ValueError(_("“%(text)s”不是 TRUE 或 FALSE。") % {"text": word[:40]})
        return word in _WORDS_FOR_TRUE

    def render(self, value: object, obj: Model | None = None, **kwargs: object) -> object:
        return str(bool(value)).upper()


class ActorsWidget(Widget):
    """Who delivers, as letters joined by “+”: M+P."""

    def clean(self, value: object, row: dict | None = None, **kwargs: object) -> list[str]:
        return [letter.strip() for letter in as_code(value).split("+") if letter.strip()]

    def render(self, value: list[str] | None, obj: Model | None = None, **kwargs: object) -> object:
        return "+".join(value or [])


def as_code(value: object) -> str:
    """Return a cell as text: a whole number without “.0”, nothing for an empty cell.

    >>> as_code(440000.0), as_code(" T01 "), as_code(None)
    ('440000', 'T01', '')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if is_blank(value) else str(value).strip()


def read_figure(value: object, *, decimals: int) -> Decimal | None:
    """Return the number of a cell, None for an empty one.

    :raises ValueError: with the grammar's sentence.
    """
    if is_blank(value):
        return None
    try:
        return from_json_number(value, decimals=decimals).value
    except NumberRefused as refused:
        raise ValueError(_(refused.template) % refused.params) from refused
