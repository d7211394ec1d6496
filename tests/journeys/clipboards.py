"""What Excel, WPS and LibreOffice put on the clipboard: the same sheet in the three dialects of HTML, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Rows = Sequence[Sequence[str]]

_EXCEL = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=Generator content="Microsoft Excel 15">
<style><!--table {{mso-displayed-decimal-separator:"\\."; mso-displayed-thousand-separator:"\\,";}}
td {{padding-top:1px; color:black; font-size:11.0pt; mso-number-format:General; text-align:general;}}
.xl65 {{mso-number-format:"\\#\\,\\#\\#0";}}
.xl66 {{mso-number-format:"0\\.0";}}
--></style></head>
<body link="#0563C1"><table border=0 cellpadding=0 cellspacing=0 width=576 style='border-collapse:collapse;width:432pt'>
<!--StartFragment--> <col width=72 span=12 style='width:54pt'>
{rows}
<!--EndFragment--></table></body></html>"""

_WPS = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name="Generator" content="WPS Office ET"/>
<style>.et3{{mso-number-format:"0.0_ ";}} .et4{{mso-number-format:"General";}}</style></head>
<body><table width="180" style="border-collapse:collapse;width:135.00pt;">
<!--StartFragment-->{rows}<!--EndFragment--></table></body></html>"""

_LIBREOFFICE = """<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/>
<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/>
<style type="text/css">body,div,table,td,p {{ font-family:"Liberation Sans"; font-size:x-small }}</style></head>
<body><table cellspacing="0" border="0"><colgroup span="12" width="85"></colgroup>{rows}</table></body></html>"""


def _table(page: str, rows: Rows, cell: str) -> str:
    lines = [f"<tr height=19>{''.join(cell.format(text=escape(text)) for text in row)}</tr>" for row in rows]
    return page.format(rows="\n ".join(lines))


def excel(rows: Rows) -> str:
    return _table(_EXCEL, rows, "\n  <td class=xl65 align=right width=72>{text}</td>")


def wps(rows: Rows) -> str:
    return _table(_WPS, rows, '<td class="et4" align="right" x:num>{text}</td>')


def libreoffice(rows: Rows) -> str:
    return _table(_LIBREOFFICE, rows, '<td align="right" sdval="{text}" sdnum="2052;">{text}</td>')


def excel_cells(*cells: str) -> str:
    """Return one row of ready-made Excel cells."""
    return _EXCEL.format(rows=f"<tr>{''.join(cells)}</tr>")


def wps_cells(*cells: str) -> str:
    return _WPS.format(rows=f"<tr>{''.join(cells)}</tr>")


def libreoffice_cells(*cells: str) -> str:
    return _LIBREOFFICE.format(rows=f"<tr>{''.join(cells)}</tr>")


def text(rows: Rows) -> str:
    """Return the text flavour, with the line end that Excel puts behind the last row."""
    return "".join("\t".join(row) + "\r\n" for row in rows)
