"""Files as offices send them and as attackers would, made here so that nothing harmful lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from tests.submissions.workbooks import book

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(inside: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog " + inside + b">>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """A picture with a thumbnail inside, whose own end must not be taken for the picture's."""
    thumbnail = b"\xff\xd8\xff\xdb\x00\x04\x00\x00\xff\xd9"
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(thumbnail)) + thumbnail
    return b"\xff\xd8" + segment + b"\xff\xda\x00\x04\x01\x02" + b"\x11" * 40 + b"\xff\xd9"


def package(parts: Mapping[str, str | bytes], *, types: str = _WORD) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if types:
            archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{types}"/></Types>')
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(**parts: str | bytes) -> bytes:
    return package({"word/document.xml": "<w:document/>", **parts})


def encrypted_zip() -> bytes:
    data = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def template(target: str) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    return (
        f'<Relationships><Relationship Id="r" Type="{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RELS = "word/_rels/settings.xml.rels"

#: Name → content that is taken, and as what.
TAKEN: dict[str, tuple[bytes, str]] = {
    "通知.pdf": (pdf(), "PDF"),
    "大写.PDF": (pdf(b"/JSON (x) "), "PDF"),
    "方案.docx": (docx(), "DOCX"),
    "带图表.docx": (docx(**{"word/embeddings/sheet1.xlsx": b"PK"}), "DOCX"),
    "本机模板.docx": (docx(**{RELS: template("file:///C:/Normal.dotm")}), "DOCX"),
    "名单.xlsx": (book(), "XLSX"),
    "照片.jpg": (jpeg(), "JPEG"),
    "照片.jpeg": (jpeg() + b"maker's own trailer", "JPEG"),
    "图.png": (png(), "PNG"),
}

#: Case → name, content, and the code of the refusal.
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "U-01 nothing": ("a.pdf", b"", "empty"),
    "U-01 one byte": ("a.pdf", b"1", "is_text"),
    "U-02 a document under a program's ending": ("方案.xlsx.exe", book(), "name_lies"),
    "U-02 a picture that says it is a document": ("a.pdf", png(), "name_lies"),
    "U-02 no ending": ("通知", pdf(), "name_lies"),
    "U-02 a program that says it is a workbook": ("a.xlsx", b"MZ\x90\0", "is_program"),
    "U-02 a script": ("a.pdf", b"#!/bin/sh\nrm", "is_program"),
    "U-02 an archive behind a PDF": ("a.pdf", pdf() + docx(), "two_files_in_one"),
    "U-02 an archive behind a picture": ("a.jpg", jpeg() + docx(), "two_files_in_one"),
    "U-02 an archive behind a drawing": ("a.png", png() + docx(), "two_files_in_one"),
    "U-02 an archive in a PDF's tail": ("a.pdf", pdf() + docx() + b"%%EOF", "two_files_in_one"),
    "U-04 half a PDF": ("a.pdf", pdf()[:40], "incomplete"),
    "U-04 half a document": ("a.docx", docx()[: len(docx()) // 2], "incomplete"),
    "U-04 half a picture": ("a.png", png()[:50], "incomplete"),
    "U-04 half a photograph": ("a.jpg", jpeg()[:40], "incomplete"),
    "U-04 a photograph cut in its head": ("a.jpg", jpeg()[:10], "incomplete"),
    "U-04 a photograph with an empty segment": ("a.jpg", b"\xff\xd8\xff\xe1\x00\x00\x00\x00", "incomplete"),
    "U-04 a flipped bit in a document": (
        "a.docx",
        docx().replace(b"[Content_Types]", b"[Content_Typez]", 1),
        "incomplete",
    ),
    "U-05 a web page": ("a.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "is_web_page"),
    "U-05 a drawing with a script": ("a.png", b"\xef\xbb\xbf<svg onload='x'/>", "is_web_page"),
    "U-05 a saved web page": ("a.docx", b"MIME-Version: 1.0\n", "is_web_page"),
    "U-05 a PDF with a script": ("a.pdf", pdf(b"/S /JavaScript /JS (app.alert(1)) "), "has_scripts"),
    "U-05 a PDF with a disguised script": ("a.pdf", pdf(b"/S /J#61vaScript "), "has_scripts"),
    "U-05 a PDF that starts a program": ("a.pdf", pdf(b"/S /Launch "), "has_scripts"),
    "T-24 macros": ("a.docx", package({"word/document.xml": "x"}, types=_WORD + ".macroEnabled"), "has_macros"),
    "T-24 a macro nobody declared": ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "has_macros"),
    "T-24 an embedded object": ("a.docx", docx(**{"word/embeddings/oleObject1.bin": b"x"}), "has_objects"),
    "T-23 a template from the network": ("a.docx", docx(**{RELS: template("http://evil/x.dotm")}), "outside_template"),
    "T-23 a template from a share": ("a.docx", docx(**{RELS: template(r"file:///\\evil\x.dotm")}), "outside_template"),
    "T-23 an entity": ("a.docx", docx(**{"word/x.xml": "<!DOCTYPE x>"}), "forbidden_xml"),
    "T-23 a path out": ("a.docx", docx(**{"../x": "x"}), "bad_package"),
    "T-23 an archive in the archive": ("a.docx", docx(**{"x.zip": "x"}), "nested_archive"),
    "T-22 a bomb": ("a.docx", docx(**{"word/media/x.bmp": b"\0" * 3_000_000}), "unpacks_too_large"),
    "a locked PDF": ("a.pdf", pdf(b"/Encrypt 5 0 R "), "password_protected"),
    "a locked package": ("a.docx", encrypted_zip(), "password_protected"),
    "a locked document": ("a.docx", COMPOUND + "EncryptedPackage".encode("utf-16-le"), "password_protected"),
    "an old document": ("a.doc", COMPOUND + b"\0" * 20, "old_format"),
    "a rich text": ("a.rtf", b"{\\rtf1}", "old_format"),
    "an archive": ("a.zip", package({"通知.pdf": pdf()}, types=""), "is_archive"),
    "another archive": ("a.rar", b"Rar!\x1a\x07", "is_archive"),
    "an open document": ("a.odt", package({"mimetype": "application/vnd.oasis"}, types=""), "other_office"),
    "a presentation": ("a.pptx", package({}, types="presentationml.presentation.main+xml"), "other_office"),
    "a telephone's picture": ("a.heic", b"\0\0\0\x18ftypheic", "other_picture"),
    "another picture": ("a.gif", b"GIF89a", "other_picture"),
    "a text": ("a.txt", "各地进展如下".encode("gb18030"), "is_text"),
    "noise": ("a.pdf", b"\x01\x02\x03\x80\x81", "unknown"),
}
