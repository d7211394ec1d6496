"""A person at the workbook page: take it away, fill it in, bring it back."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from submissions.workbook import layout

PAGE = "/reports/workbook/"


def downloaded(client, first="2007-09", last="2007-09"):
    answer = client.get(f"{PAGE}file/", {"unit": "440000", "from": first, "to": last})
    assert answer.status_code == 200
    return answer.content


def filled(data, *edits, sheet="2007-09", **more):
    """Return the workbook with cells changed: pairs of (key, column) and value, such as T01.value, VALUE."""
    book = load_workbook(io.BytesIO(data))
    page = book[sheet]
    for key, column, value in edits:
        row = next(row for row in range(1, 60) if page.cell(row, layout.KEY).value == key)
        page.cell(row, column).value = value
    for address, value in more.items():
        page[address] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def upload(client, data, name="表.xlsx", **options):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)}, **options)


def preview(client, data, name="表.xlsx"):
    answer = upload(client, data, name)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], client.get(answer["Location"]).content.decode()
