"""Short notices of an invented ministry, as text and as Word files."""

from __future__ import annotations

import io
import zipfile

from docx import Document

HEAD = """关于印发2007年林草工作安排的通知
林草发〔2007〕9号
各省林草厅：
二〇〇七年二月三日
2007年林草工作安排
一、抓好造林，守住面积
"""
ITEMS = """（一）完成造林任务。全年造林工人不少于30万人，其中，返乡工人10万人，苗木损失率控制在5.5%以内。各地逐级落实。
（二）加强护林。力争护林员达到1.2亿人，巡护户数达到90万户。
二、做好服务，方便群众
（三）开展试点。做好12个林场服务试点工作。不发生新的欠薪。
"""
TEXT = HEAD + ITEMS
TRADITIONAL = """關於印發2007年林草工作安排的通知
一、抓好造林,守住面積
(一)完成造林任務。全年造林工人不少於30萬人,其中,返鄉工人10萬人,苗木損失率控制在5.5%以內。各地逐級落實。
(二)加強護林。力爭護林員達到1.2億人,巡護戶數達到90萬戶。
二、做好服務,方便群眾
(三)開展試點。做好12個林場服務試點工作。不發生新的欠薪。
"""


def word(text: str = TEXT) -> bytes:
    """Return the text as a Word file, a paragraph for each line."""
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    return saved(document)


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def changed(content: bytes, name: str, old: str, new: str) -> bytes:
    """Return the package with one part written otherwise, or added where it is not there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for one in source.namelist():
            part = source.read(one)
            if one == name:
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode(), 1)
            target.writestr(one, part)
        if name not in source.namelist():
            target.writestr(name, new)
    return buffer.getvalue()
