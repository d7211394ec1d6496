"""Tables as text: which encoding and which separator a file is in, and its rows by the line they begin on."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from workplan.lib.sheets import guarded
from workplan.lib.spreadsheets.refusals import SheetRefused

#: A byte order mark, the codec it stands for, and what people call it. UTF-32 begins like UTF-16 and is not read.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SEPARATORS = ",\t;"
#: So much of a file without a mark is looked at for the zero bytes of UTF-16.
_LOOKED_AT = 4_000
_SHORTEST_WIDE = 16
_ZERO_SHARE = 0.3
LONGEST_CELL = 10_000
#: A line with its end, as a file opened with newline="" yields it.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class TextTable:
    """A decoded file: its text, how it was encoded and what separates its cells."""

    text: str
    encoding: str
    separator: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that is not blank with the line it begins on; the first line is 1.

        :raises SheetRefused: quotes that do not match.
        """
        csv.field_size_limit(LONGEST_CELL)
        # read where it stands: a StringIO would hold a copy of four bytes a character
        lines = (match[0] for match in _LINE.finditer(self.text))
        reader = csv.reader(lines, delimiter=self.separator, strict=True)
        begins = 1
        try:
            for cells in reader:
                if any(cells):
                    yield begins, [without_guard(cell) for cell in cells]
                begins = reader.line_num + 1
        except csv.Error as error:
            raise SheetRefused(
                _("第 %(line)s 行起不是规范的 CSV（引号不成对，或一格超过 %(most)s 字）。请重新导出。"),
                code="not_csv",
                line=begins,
                most=LONGEST_CELL,
            ) from error


def read_text(data: bytes) -> TextTable:
    """Return the decoded file; the encoding is recognised, never guessed silently: it is told with the answer.

    :raises SheetRefused: empty, no text, or in an encoding that is not known.
    """
    if not data.strip():
        raise SheetRefused(_("文件是空的。"), code="empty_file")
    text, encoding = _decoded(data)
    if "\0" in text:
        raise SheetRefused(_("文件不是文本。请另存为“CSV UTF-8（逗号分隔）”后再上传。"), code="not_text")
    return TextTable(text, encoding, _separator(text))


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _as_told(data, codec), name
    if wide := _wide_codec(data[:_LOOKED_AT]):
        return _as_told(data, wide), "UTF-16"
    for codec, name in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        try:
            return data.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise _unknown_encoding()


def _as_told(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise _unknown_encoding() from error


def _wide_codec(start: bytes) -> str:
    """Return the kind of UTF-16 without a mark: separators, digits and codes leave every other byte zero."""
    low, high = start[::2].count(0), start[1::2].count(0)
    if (
        len(start) < _SHORTEST_WIDE
        or max(low, high) < _ZERO_SHARE * len(start) / 2
        or min(low, high) > max(low, high) / 4
    ):
        return ""
    return "utf-16-le" if high > low else "utf-16-be"


def _unknown_encoding() -> SheetRefused:
    return SheetRefused(_("文件的编码无法识别。请另存为“CSV UTF-8（逗号分隔）”后再上传。"), code="unknown_encoding")


def _separator(text: str) -> str:
    """Return the separator that divides the first line most; a comma where none does."""
    first = text[: text.find("\n")] if "\n" in text else text
    return max(_SEPARATORS, key=first.count)


def without_guard(text: str) -> str:
    """Take off the apostrophe that our own CSV puts before what looks like a formula."""
    return text[1:] if text[:1] == "'" and guarded(text[1:]) == text else text
