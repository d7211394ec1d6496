"""A file to numbered lines of simplified characters; what cannot be read with confidence is refused, not guessed at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from targets.notice import word
from targets.notice.characters import is_traditional, simplified
from targets.notice.refusals import NoticeRefused
from targets.notice.structure import Line

LARGEST_FILE = 20_000_000
MOST_LINES = 20_000
LONGEST_LINE = 20_000

_READABLE = "A notice is read from plain text (.txt in UTF-8, GB18030 or Big5) or from Word (.docx)."
#: How files begin that are neither, and what they are.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or WPS file, or one with a password"),
    (b"%PDF", "a PDF file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"BM", "a picture"),
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS = ("utf-8", "gb18030", "big5")
#: Of the Chinese characters of a real text nearly all are among the 3,755 most common; of one decoded wrongly few are.
_LEAST_COMMON_IN_HUNDRED = 95
_FEWEST_CHARACTERS = 20


@dataclass(frozen=True)
class Paper:
    """What a file says: its lines, its digest, and what stands in it and was left aside, a sentence each."""

    lines: list[Line]
    digest: str
    left_aside: list[str]


def read_paper(content: bytes) -> Paper:
    """Read a file.

    :raises NoticeRefused: it is of another kind, too large, damaged, or does not read as Chinese.
    """
    if len(content) > LARGEST_FILE:
        raise NoticeRefused(f"The file has {len(content)} bytes; at most {LARGEST_FILE} are read.")
    for beginning, kind in _OTHERS:
        if content.startswith(beginning):
            raise NoticeRefused(f"This is {kind}. {_READABLE}")
    if content.startswith(b"PK"):
        raw, left_aside = word.read_document(content)
    else:
        raw, left_aside = _decoded(content).splitlines(), []
    if len(raw) > MOST_LINES or any(len(line) > LONGEST_LINE for line in raw):
        raise NoticeRefused(f"The file has more than {MOST_LINES} lines, or one longer than {LONGEST_LINE} characters.")
    if not _reads_as_chinese("".join(raw)):
        raise NoticeRefused(
            "Hardly any of it reads as Chinese. Save it anew as UTF-8 and look at it before it is read."
        )
    if is_traditional("".join(raw)):
        left_aside = [*left_aside, "The text is in traditional characters; it was converted to simplified ones."]
    lines = [Line(number, simplified(line)) for number, line in enumerate(raw, start=1)]
    return Paper(lines, hashlib.sha256(content).hexdigest(), left_aside)


def _decoded(content: bytes) -> str:
    """Return the text in the first encoding in which it reads as Chinese."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _try(content, encoding)
    readings = [_try(content, encoding) for encoding in _ENCODINGS]
    return next((text for text in readings if _reads_as_chinese(text)), "")


def _try(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _reads_as_chinese(text: Sequence[str] | str) -> bool:
    """Say whether the text is mostly common Chinese characters, and none of it stands for something unreadable."""
    if "\ufffd" in text or "\0" in text:
        return False
    characters = [one for one in simplified("".join(text)) if "\u3400" <= one <= "\u9fff"]
    n_common = sum(map(_is_common, characters))
    return len(characters) >= _FEWEST_CHARACTERS and n_common * 100 >= len(characters) * _LEAST_COMMON_IN_HUNDRED


def _is_common(character: str) -> bool:
    """Say whether a character is on the first level of GB 2312.

    >>> [_is_common(one) for one in "就业锟"]
    [True, True, False]
    """
    return b"\xb0" <= character.encode("gb2312", errors="ignore")[:1] <= b"\xd7"
