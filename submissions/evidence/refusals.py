"""Why a file is not taken: each kind of refusal has its own sentence and way out."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workplan.lib.refusals import Refused

#: Code → sentence, for what is judged from the content alone.
SENTENCES = {
    "empty": _("文件是空的（0 字节）。请重新保存后再上传。"),
    "incomplete": _("文件不完整或已损坏（可能没有传完）。请打开检查、重新保存后再上传。"),
    "password_protected": _("文件加了密码，审核人打不开。请取消密码后另存，再上传。"),
    "has_macros": _("文件含宏或控件，已拒收。请另存为不含宏的 .docx 或 .xlsx 后再上传。"),
    "has_objects": _("文档里嵌有其他程序的对象，已拒收。请打印为 PDF 后再上传。"),
    "outside_template": _("文档引用了网络上的模板，已拒收。请打印为 PDF 后再上传。"),
    "has_scripts": _("PDF 含脚本或会启动其他程序，已拒收。请用“打印为 PDF”重新生成后再上传。"),
    "two_files_in_one": _("文件末尾还藏着一个压缩包，已拒收。请重新保存后再上传。"),
    "forbidden_xml": _("文件含有不允许的 XML 内容（DTD 或实体），已拒收。请重新保存后再上传。"),
    "unpacks_too_large": _("文件展开后过大，已拒收。请减少内容或拆分后再上传。"),
    "nested_archive": _("文件里套着压缩包，已拒收。请只上传文档本身。"),
    "bad_package": _("文件内部的结构不正常，已拒收。请用 Office 或 WPS 重新保存后再上传。"),
    "is_program": _("这是程序文件，已拒收。请上传 PDF、.docx、.xlsx、JPEG 或 PNG 文件。"),
    "is_archive": _("这是压缩包。请解压后逐个上传其中的文件。"),
    "is_web_page": _("这是网页、SVG 或 XML 文件，不作为佐证材料。请打印为 PDF 后再上传。"),
    "old_format": _("这是旧格式文件（.doc、.xls、.ppt、.wps 或 .et）。请另存为 .docx、.xlsx 或 PDF 后再上传。"),
    "other_office": _("这种办公文档不接收。请另存为 .docx、.xlsx 或 PDF 后再上传。"),
    "other_picture": _("这种图片格式不接收。请另存为 JPEG 或 PNG 后再上传。"),
    "is_text": _("这是文本文件。请另存为 .docx 或打印为 PDF 后再上传。"),
    "unknown": _("认不出这是什么文件。请上传 PDF、.docx、.xlsx、JPEG 或 PNG 文件。"),
}


class EvidenceRefused(Refused):
    """A file that is not taken as it stands; nothing of it is kept."""

    code = "evidence_refused"
    http_status = 422

    def __init__(self, code: str, message: str | Promise = "", /, **params: object) -> None:
        self.code = code
        super().__init__(message or SENTENCES[code], **params)


class StoreDown(Refused):
    """The file store cannot be written or read."""

    code = "file_store_down"
    http_status = 503


class ScannerDown(Refused):
    """The virus scanner gave no answer; a file it has not seen is not taken."""

    code = "scanner_down"
    http_status = 503
