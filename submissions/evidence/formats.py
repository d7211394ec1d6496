"""The structure of PDF, pictures and Office documents, as far as a file that is only kept has to be known."""

from __future__ import annotations

import re
import zipfile
import zlib

from submissions.evidence.refusals import SENTENCES, EvidenceRefused
from submissions.models import EvidenceKind
from workplan.lib.spreadsheets import SheetRefused
from workplan.lib.spreadsheets.package import examine_container

PNG = b"\x89PNG\r\n\x1a\n"
#: A document full of scans unpacks to about its own size; far more is an attack or an accident.
LARGEST_UNPACKED = 100_000_000

_END_OF_ARCHIVE = b"PK\x05\x06"
#: An archive's directory ends at most so far before the end of a file.
_TAIL = 66_000
_PDF_END = b"%%EOF"
_PDF_NAME_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|RichMedia)(?![A-Za-z])")

_MAIN = {
    b"wordprocessingml.document.main+xml": EvidenceKind.DOCX,
    b"spreadsheetml.sheet.main+xml": EvidenceKind.XLSX,
}
_MACROS = (b"macroEnabled", b"vbaProject", b"ms-excel.sheet.binary", b"activeX")
_TEMPLATE = re.compile(rb"<[^>]*attachedTemplate[^>]*>")
_OUTSIDE = re.compile(rb"""Target\s*=\s*["'](?:https?:|ftp:|\\\\|//|file:(?://[^/\\]|/{4,}|/*\\\\))""", re.IGNORECASE)


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that was cut, is locked, runs something, or carries an archive behind it."""
    if _PDF_END not in content[-1_100:]:
        raise EvidenceRefused("incomplete" if _END_OF_ARCHIVE not in content[-_TAIL:] else "two_files_in_one")
    _check_nothing_behind(content)
    plain = _PDF_NAME_CODE.sub(lambda found: bytes([int(found[1], 16)]), content)
    if _PDF_ENCRYPTED.search(plain):
        raise EvidenceRefused("password_protected")
    if _PDF_ACTIVE.search(plain):
        raise EvidenceRefused("has_scripts")


def check_png(content: bytes) -> None:
    """Refuse a PNG whose chunks do not run, each with its checksum, to the end of the file."""
    _check_nothing_behind(content)
    at, name = len(PNG), b""
    while name != b"IEND":
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        body_end = at + 8 + length
        stored = content[body_end : body_end + 4]
        if len(stored) < 4 or zlib.crc32(content[at + 4 : body_end]) != int.from_bytes(stored, "big"):
            raise EvidenceRefused("incomplete")
        at = body_end + 4


def check_jpeg(content: bytes) -> None:
    """Refuse a JPEG whose segments do not lead to a picture, or whose picture does not end."""
    _check_nothing_behind(content)
    at = 2
    while content[at : at + 1] == b"\xff":
        marker = content[at + 1]
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            if content.find(b"\xff\xd9", at + 2 + length) < 0:
                break
            return
        if length < 2:
            break
        at += 2 + length
        if at + 4 > len(content):
            break
    raise EvidenceRefused("incomplete")


def office_kind(content: bytes) -> EvidenceKind:
    """Return whether the package is a document or a workbook.

    :raises EvidenceRefused: it is neither, damaged, locked, or carries what could run.
    """
    try:
        archive = examine_container(content, largest_unpacked=LARGEST_UNPACKED)
    except SheetRefused as refusal:
        raise EvidenceRefused(refusal.code if refusal.code in SENTENCES else "bad_package") from refusal
    names = [name.casefold() for name in archive.namelist()]
    if "[content_types].xml" not in names:
        raise EvidenceRefused("other_office" if "mimetype" in names else "is_archive")
    types = _part(archive, "[content_types].xml")
    if any(mark in types for mark in _MACROS) or any(name.endswith("vbaproject.bin") for name in names):
        raise EvidenceRefused("has_macros")
    if any("/embeddings/" in name and name.endswith(".bin") for name in names):
        raise EvidenceRefused("has_objects")
    for tag in _TEMPLATE.findall(_part(archive, "word/_rels/settings.xml.rels")):
        if _OUTSIDE.search(tag):
            raise EvidenceRefused("outside_template")
    for mark, kind in _MAIN.items():
        if mark in types:
            return kind
    raise EvidenceRefused("other_office")


def _part(archive: zipfile.ZipFile, wanted: str) -> bytes:
    """Return a part by its name in lower case; b"" where there is none."""
    return next((archive.read(name) for name in archive.namelist() if name.casefold() == wanted), b"")


def _check_nothing_behind(content: bytes) -> None:
    """Refuse a file that a picture viewer and an archiver would both open."""
    at = content.rfind(_END_OF_ARCHIVE, max(0, len(content) - _TAIL))
    if 0 <= at <= len(content) - 22:
        n_comment = int.from_bytes(content[at + 20 : at + 22], "little")
        if at + 22 + n_comment <= len(content) and b"PK\x01\x02" in content[:at]:
            raise EvidenceRefused("two_files_in_one")
