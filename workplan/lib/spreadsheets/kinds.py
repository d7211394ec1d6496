"""What an uploaded file is, judged by its content: names and declared types may say anything."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workplan.lib.spreadsheets.refusals import SheetRefused

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SPREADSHEET_ML = b"urn:schemas-microsoft-com:office:spreadsheet"

#: How files begin that are not workbooks, and the sentence each gets.
_BEGINNINGS: tuple[tuple[bytes, str, str | Promise], ...] = (
    (b"%PDF", "is_pdf", _("这是 PDF 文件，不是工作簿。请上传 .xlsx。")),
    (b"MZ", "is_program", _("这是程序文件，不是工作簿，已拒收。")),
    (b"\x7fELF", "is_program", _("这是程序文件，不是工作簿，已拒收。")),
    (b"{\\rtf", "is_document", _("这是文字处理文件，不是工作簿。请上传 .xlsx。")),
    (b"\x89PNG", "is_picture", _("这是图片，不是工作簿。请上传 .xlsx。")),
    (b"\xff\xd8\xff", "is_picture", _("这是图片，不是工作簿。请上传 .xlsx。")),
    (b"GIF8", "is_picture", _("这是图片，不是工作簿。请上传 .xlsx。")),
    (b"Rar!", "is_archive", _("这是压缩包。请解压后上传其中的 .xlsx。")),
    (b"7z\xbc\xaf", "is_archive", _("这是压缩包。请解压后上传其中的 .xlsx。")),
    (b"\x1f\x8b", "is_archive", _("这是压缩包。请解压后上传其中的 .xlsx。")),
)


def check_is_package(data: bytes, most: int) -> None:
    """Refuse whatever does not begin like a .xlsx file, each kind with its own sentence.

    :raises SheetRefused: it is something else, empty, or longer than `most` bytes.
    """
    if not data:
        raise SheetRefused(_("文件是空的（0 字节）。请重新保存后再上传。"), code="empty_file")
    if len(data) > most:
        raise SheetRefused(
            _("文件有 %(size)s 字节，最多 %(most)s 字节。请拆分后上传。"), code="too_large", size=len(data), most=most
        )
    if data.startswith(_COMPOUND):
        raise _compound(data)
    for beginning, code, sentence in _BEGINNINGS:
        if data.startswith(beginning):
            raise SheetRefused(sentence, code=code)
    if not data.startswith(b"PK"):
        raise _text(data)


def _compound(data: bytes) -> SheetRefused:
    if _ENCRYPTED in data:
        return SheetRefused(_("文件加了密码。请取消“用密码进行加密”后另存，再上传。"), code="password_protected")
    return SheetRefused(
        _("这是旧格式文件（.xls 或 .et）。请在 Excel 或 WPS 中另存为“Excel 工作簿 (.xlsx)”后再上传。"),
        code="old_format",
    )


def _text(data: bytes) -> SheetRefused:
    start = data[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _SPREADSHEET_ML in start:
        return SheetRefused(
            _("这是 XML 表格，不是 .xlsx。请在 Excel 或 WPS 中打开，另存为“Excel 工作簿 (.xlsx)”。"), code="is_xml"
        )
    if start.startswith(b"<?xml") and b"<html" not in start:
        return SheetRefused(_("这是 XML 文件，不是工作簿。请上传 .xlsx。"), code="is_xml")
    if start.startswith((b"<", b"mime-version")):
        return SheetRefused(
            _("这是网页文件，不是工作簿。请在 Excel 或 WPS 中打开，另存为“Excel 工作簿 (.xlsx)”。"), code="is_web_page"
        )
    if b"\0" not in data[:2_000]:
        return SheetRefused(_("这是文本文件（如 .csv），不是工作簿。请另存为 .xlsx 后再上传。"), code="is_text")
    return SheetRefused(_("这不是 .xlsx 工作簿。请在 Excel 或 WPS 中另存为 .xlsx。"), code="not_a_workbook")
