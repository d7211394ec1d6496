"""The examination of a .xlsx package before any of it is parsed: entries, sizes, kinds of content, forbidden XML.

A few kilobytes can unpack to hundreds of megabytes; nothing is unpacked here that its own directory does not
declare to be small, nothing is written to disk, and no link of the package is followed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplan.lib.spreadsheets.kinds import check_is_package
from workplan.lib.spreadsheets.refusals import SheetRefused

LARGEST_FILE = 2_500_000
LARGEST_UNPACKED = 20_000_000
HIGHEST_RATIO = 100
#: Below this nobody is harmed, and a sheet of zeros may well be packed tightly.
SMALL = 1_000_000
MOST_ENTRIES = 1_000
LARGEST_DIRECTORY = 200_000
#: Styles are held as objects; tens of thousands of them are an attack or an accident.
LARGEST_STYLES = 3_000_000
MOST_CELLS = 200_000

_END_OF_DIRECTORY = b"PK\x05\x06"
_TYPES = "[Content_Types].xml"
_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
#: What the list of contents betrays, most telling first: code, marks, sentence.
_KINDS: tuple[tuple[str, tuple[bytes, ...], object], ...] = (
    (
        "is_binary",
        (b"ms-excel.sheet.binary",),
        gettext_lazy("这是二进制工作簿（.xlsb）。请另存为“Excel 工作簿 (.xlsx)”。"),
    ),
    (
        "has_macros",
        (b"macroEnabled", b"vbaProject"),
        gettext_lazy("文件含宏（.xlsm）。请另存为不含宏的“Excel 工作簿 (.xlsx)”。"),
    ),
    (
        "is_template",
        (b"spreadsheetml.template.main",),
        gettext_lazy("这是模板文件（.xltx）。请另存为“Excel 工作簿 (.xlsx)”。"),
    ),
    (
        "is_document",
        (b"wordprocessingml.", b"presentationml."),
        gettext_lazy("这是文字或演示文件，不是工作簿。请上传 .xlsx。"),
    ),
)
_FORBIDDEN = tuple(
    word.encode(codec) for word in ("<!DOCTYPE", "<!ENTITY") for codec in ("ascii", "utf-16-le", "utf-16-be")
)
_XML = re.compile(r".*\.(xml|rels|vml)", re.IGNORECASE)
_ARCHIVE = re.compile(r".*\.(zip|rar|7z|gz|jar|xlsx|xlsm|docx|pptx)", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
#: Objects that documents hold inside are never opened.
_EMBEDDED = ("xl/embeddings/", "word/embeddings/")
_BROKEN = (
    zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError, KeyError, zlib.error,
)  # fmt: skip
_CHUNK = 256 * 1024
_OVERLAP = 64


class Bounds(NamedTuple):
    """How much of a workbook is read: bytes as sent, bytes unpacked, cells of one sheet."""

    file: int = LARGEST_FILE
    unpacked: int = LARGEST_UNPACKED
    cells: int = MOST_CELLS


USUAL = Bounds()


@dataclass(frozen=True)
class Package:
    """An examined package, open for reading, and what is left aside in it."""

    archive: zipfile.ZipFile
    warnings: tuple[str, ...]


def examine(data: bytes, *, bounds: Bounds = USUAL) -> Package:
    """Return the package open for reading.

    :raises SheetRefused: it is no plain .xlsx workbook, is incomplete, or would unpack to more than is read.
    """
    check_is_package(data, bounds.file)
    _check_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        _check_entries(entries, len(data), largest_unpacked=bounds.unpacked)
        _check_contents(archive, {entry.filename for entry in entries})
        for entry in entries:
            _scan(archive, entry, most_cells=bounds.cells)
    except _BROKEN as error:
        raise damaged() from error
    return Package(archive, tuple(_warnings(entries)))


def examine_container(data: bytes, *, largest_unpacked: int) -> zipfile.ZipFile:
    """Return any Office package open for reading, examined as far as it is kept and never parsed: what is in it is
    for the caller to judge.

    :raises SheetRefused: it is damaged, locked by a password, nested, forbidden XML, or unpacks to more than that.
    """
    _check_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        _check_entries(archive.infolist(), len(data), largest_unpacked=largest_unpacked)
        for entry in archive.infolist():
            _scan(archive, entry, most_cells=None)
        if archive.testzip() is not None:
            raise damaged()
    except _BROKEN as error:
        raise damaged() from error
    return archive


def damaged() -> SheetRefused:
    return SheetRefused(gettext_lazy("文件不完整或已损坏（可能没有传完）。请重新保存后再上传。"), code="incomplete")


def forbidden_xml() -> SheetRefused:
    return SheetRefused(
        gettext_lazy("文件含有不允许的 XML 内容（DTD 或实体），已拒收。请重新保存为 .xlsx。"), code="forbidden_xml"
    )


def _check_directory(data: bytes) -> None:
    """Judge the directory's size before it is turned into objects."""
    at = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - 66_000))
    if at < 0 or len(data) < at + 22:
        raise damaged()
    if int.from_bytes(data[at + 12 : at + 16], "little") > LARGEST_DIRECTORY:
        raise _too_many_entries()


def _too_many_entries() -> SheetRefused:
    return SheetRefused(
        gettext_lazy("文件内部的部件超过 %(most)s 个，不像正常的工作簿。请重新保存为 .xlsx。"),
        code="too_many_parts",
        most=MOST_ENTRIES,
    )


def _check_entries(entries: list[zipfile.ZipInfo], packed: int, *, largest_unpacked: int = LARGEST_UNPACKED) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _too_many_entries()
    names = [entry.filename for entry in entries]
    if len({name.casefold() for name in names}) < len(names):
        raise SheetRefused(gettext_lazy("文件内部有同名的部件，已拒收。请重新保存为 .xlsx。"), code="duplicate_parts")
    if any(_leads_outside(name) for name in names):
        raise SheetRefused(gettext_lazy("文件内部的路径指向文件之外，已拒收。"), code="unsafe_path")
    if any(entry.flag_bits & 1 for entry in entries):
        raise SheetRefused(gettext_lazy("文件加了密码。请取消密码后另存，再上传。"), code="password_protected")
    if any(_ARCHIVE.fullmatch(name) and not name.startswith(_EMBEDDED) for name in names):
        raise SheetRefused(gettext_lazy("文件里套着压缩包，已拒收。请只上传工作簿。"), code="nested_archive")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > largest_unpacked or (unpacked > SMALL and unpacked > HIGHEST_RATIO * packed):
        raise SheetRefused(
            gettext_lazy("文件展开后有 %(size)s MB，过大。请只保留需要填报的内容。"),
            code="unpacks_too_large",
            size=unpacked // 1_000_000,
        )
    if any(entry.file_size > LARGEST_STYLES for entry in entries if entry.filename.casefold() == "xl/styles.xml"):
        raise SheetRefused(
            gettext_lazy("文件的单元格样式过多。请新建工作簿，把内容“只粘贴值”后再上传。"), code="too_many_styles"
        )


def _leads_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/") or "\0" in name


def _check_contents(archive: zipfile.ZipFile, names: set[str]) -> None:
    if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:100]:
        raise SheetRefused(
            gettext_lazy("这是 OpenDocument 表格（.ods）。请另存为“Excel 工作簿 (.xlsx)”。"), code="is_open_document"
        )
    types = archive.read(_TYPES) if _TYPES in names else b""
    for code, marks, sentence in _KINDS:
        if any(mark in types for mark in marks):
            raise SheetRefused(sentence, code=code)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise SheetRefused(_KINDS[1][2], code="has_macros")
    if _MAIN not in types or "xl/workbook.xml" not in {name.casefold() for name in names}:
        raise SheetRefused(
            gettext_lazy("这不是 .xlsx 工作簿。请在 Excel 或 WPS 中另存为 .xlsx。"), code="not_a_workbook"
        )
    workbook = next(name for name in names if name.casefold() == "xl/workbook.xml")
    with archive.open(workbook) as part:
        start = part.read(SMALL)
    if _STRICT in start:
        raise SheetRefused(
            gettext_lazy("这是“Strict Open XML”工作簿。请另存为“Excel 工作簿 (.xlsx)”，不要选带“Strict”的一项。"),
            code="strict_open_xml",
        )


def _scan(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, most_cells: int | None = MOST_CELLS) -> None:
    """Read one part through: forbidden XML and too many cells are found before anything is built from it."""
    is_sheet = most_cells is not None and entry.filename.startswith("xl/worksheets/")
    if not _XML.fullmatch(entry.filename):
        return
    n_cells, tail = 0, b""
    for chunk in _chunks(archive, entry):
        window = tail + chunk
        if any(word in window for word in _FORBIDDEN):
            raise forbidden_xml()
        tail = window[-_OVERLAP:]
        if is_sheet:
            n_cells += len(_CELL.findall(chunk))
            if n_cells > (most_cells or 0):
                raise SheetRefused(
                    gettext_lazy("一张工作表的单元格超过 %(most)s 个。请拆分后上传。"),
                    code="too_many_cells",
                    most=most_cells,
                )


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _warnings(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Tell what a workbook carries that is never followed nor opened."""
    names = [entry.filename.casefold() for entry in entries]
    for start, said in (
        ("xl/externallinks/", _("文件含有指向其他文件的链接，没有读取。")),
        ("xl/connections", _("文件含有数据连接，没有执行。")),
        ("xl/embeddings/", _("文件含有嵌入的对象，没有打开。")),
    ):
        if any(name.startswith(start) for name in names):
            yield said
