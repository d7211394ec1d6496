"""What a file is, decided by its content: names and declared types may say anything."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from submissions.evidence import formats
from submissions.evidence.refusals import EvidenceRefused
from submissions.models import EvidenceKind

#: How each kind is declared to a browser, and the endings its name may have; the first is proposed.
MEDIA_TYPES = {
    EvidenceKind.PDF: "application/pdf",
    EvidenceKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    EvidenceKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    EvidenceKind.JPEG: "image/jpeg",
    EvidenceKind.PNG: "image/png",
}
ENDINGS = {
    EvidenceKind.PDF: (".pdf",),
    EvidenceKind.DOCX: (".docx",),
    EvidenceKind.XLSX: (".xlsx",),
    EvidenceKind.JPEG: (".jpg", ".jpeg"),
    EvidenceKind.PNG: (".png",),
}
#: What the file picker offers.
ACCEPT = ",".join(ending for endings in ENDINGS.values() for ending in endings)

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "is_program"),
    (b"\x7fELF", "is_program"),
    (b"#!", "is_program"),
    (b"\xca\xfe\xba\xbe", "is_program"),
    (b"Rar!", "is_archive"),
    (b"7z\xbc\xaf", "is_archive"),
    (b"\x1f\x8b", "is_archive"),
    (b"{\\rtf", "old_format"),
    (b"GIF8", "other_picture"),
    (b"BM", "other_picture"),
    (b"II*\x00", "other_picture"),
    (b"MM\x00*", "other_picture"),
    (b"RIFF", "other_picture"),
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def judge(content: bytes, name: str) -> EvidenceKind:
    """Return what the file is.

    :raises EvidenceRefused: it is of no kind that is taken, damaged, harmful, or its name says something else.
    """
    kind = _kind(content)
    ending = PurePosixPath(name).suffix.casefold()
    if ending not in ENDINGS[kind]:
        raise EvidenceRefused(
            "name_lies",
            _("文件名以“%(ending)s”结尾，内容却是%(kind)s。请核对文件，把结尾改为 %(wanted)s 后再上传。"),
            ending=ending or name[-8:],
            kind=kind.label,
            wanted=ENDINGS[kind][0],
        )
    return kind


def _kind(content: bytes) -> EvidenceKind:
    if not content:
        raise EvidenceRefused("empty")
    if content.startswith(b"%PDF-"):
        formats.check_pdf(content)
        return EvidenceKind.PDF
    if content.startswith(formats.PNG):
        formats.check_png(content)
        return EvidenceKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        formats.check_jpeg(content)
        return EvidenceKind.JPEG
    if content.startswith(b"PK"):
        return formats.office_kind(content)
    raise EvidenceRefused(_what_else(content))


def _what_else(content: bytes) -> str:
    """Return the code of the refusal for what is of no kind that is taken."""
    if content.startswith(_COMPOUND):
        return "password_protected" if _ENCRYPTED in content else "old_format"
    if content[4:8] == b"ftyp":
        return "other_picture"  # HEIC, as telephones take them
    for beginning, code in _BEGINNINGS:
        if content.startswith(beginning):
            return code
    start = content[:2_000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if start.startswith((b"<", b"MIME-Version", b"mime-version")):
        return "is_web_page"
    return "unknown" if b"\0" in content[:2_000] or not _is_text(content[:2_000]) else "is_text"


def _is_text(start: bytes) -> bool:
    """Say whether bytes read as text in an encoding used here; a character cut at the end does not count."""
    for codec in ("utf-8", "gb18030"):
        text = start.decode(codec, errors="replace")
        if text.rstrip("\ufffd").isprintable() or not any(_is_control(one) for one in text.rstrip("\ufffd")):
            return True
    return False


def _is_control(character: str) -> bool:
    return character == "\ufffd" or (character < " " and character not in "\t\r\n\x0c")
