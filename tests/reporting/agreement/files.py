"""What programs and desks get: REST, workbooks, CSV, SDMX, Word and PDF, read as their readers read them.

Numbers of files are compared by the twelve digits that every format keeps; those of documents by what is printed.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import cache

import docx
import pandas
import sdmx
from docx.document import Document as WordFile
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from tests.reporting.agreement import oracle
from tests.reporting.agreement.pages import EXPLORED, LOOKED_AT
from tests.reporting.agreement.reading import Reader, Told
from tests.reporting.agreement.shown import HEADS, twelve
from tests.reporting.agreement.year import INDICATORS, UNITS

#: The units whose documents are written: letters go to the provinces.
PROVINCES = tuple(oracle.below("000000"))


def _month(text: str) -> int:
    return int(text[5:7])


@cache
def book_of(content: bytes) -> Workbook:
    """Open a workbook, once for all who read it."""
    return load_workbook(io.BytesIO(content))


@cache
def document_of(content: bytes) -> WordFile:
    """Open a Word file, once for all who read it."""
    return docx.Document(io.BytesIO(content))


# REST ------------------------------------------------------------------------------------------

_EXACT = (
    "value", "numerator", "denominator", "persons", "target_value", "baseline_value", "completion_rate",
    "share_of_target", "pro_rata_target", "deviation", "headroom", "rank", "n_due", "n_reported", "n_carried",
)  # fmt: skip


def rest(reader: Reader, month: int) -> Told:
    told: Told = {}
    for query in ({"unit": "000000"}, {"level": "children"}, {"unit": "440000", "level": "children"}):
        answer = reader.get("/api/v1/progress/", month=f"2007-{month:02d}", page_size=200, **query)
        for row in json.loads(answer)["results"]:
            told[_month(row["month"]), row["unit"], row["indicator"]] = {
                **{name: twelve(row[name]) for name in _EXACT},
                "value_month": row["value_month"] or "",
                "status": row["status"] or "",
            }
    return told


def series(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in LOOKED_AT:
        for code in oracle.codes_of(unit):
            points = json.loads(reader.get("/api/v1/progress/series/", indicator=code, unit=unit, page_size=12))
            (one,) = (point for point in points["results"] if _month(point["month"]) == month)
            told[month, unit, code] = {
                name: twelve(one[name]) for name in ("value", "pro_rata_target", "n_due", "n_reported", "n_carried")
            }
    return told


def lights_over_rest(reader: Reader) -> dict[int, str]:
    answer = json.loads(reader.get("/api/v1/plans/2007/items/"))
    return {item["number"]: item["status"] for item in answer["results"]}


def lights_of_board(reader: Reader, month: int) -> dict[int, str]:
    book = book_of(reader.get("/export/board/", month=f"2007-{month:02d}"))
    return {row["序号"]: row["进展"] for row in _table(book.worksheets[0], "部分")}


# Filed figures ---------------------------------------------------------------------------------


def rest_figures(reader: Reader, month: int) -> Told:
    answer = reader.get("/api/v1/figures/", month=f"2007-{month:02d}", page_size=500)
    return _observations(json.loads(answer)["results"])


def tidy_workbook(reader: Reader, month: int) -> Told:
    content = reader.get("/export/figures/", month=f"2007-{month:02d}")
    head, *rows = book_of(content).worksheets[0].iter_rows(values_only=True)
    return _observations(dict(zip(head, row, strict=True)) for row in rows)


def tidy_csv(reader: Reader, month: int) -> Told:
    return _observations(table_of(reader.get("/export/figures/", month=f"2007-{month:02d}", format="csv")))


def tidy_parquet(reader: Reader, month: int) -> Told:
    content = reader.get("/export/figures/", month=f"2007-{month:02d}", format="parquet")
    table = pandas.read_parquet(io.BytesIO(content))
    return _observations(table.astype(object).where(table.notna(), None).to_dict("records"))


def _observations(rows: Iterator[dict[str, object]]) -> Told:
    return {
        (_month(str(row["month"])), str(row["unit"]), str(row["indicator"])): {
            **{name: twelve(row[name]) for name in ("value", "numerator", "denominator")},
            "state": str(row["state"]),
        }
        for row in rows
    }


def table_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


# Workbooks -------------------------------------------------------------------------------------

_COLUMNS = {
    "value": "数值", "numerator": "分子", "denominator": "分母", "persons": "涉及人数", "target_value": "年度目标",
    "baseline_value": "基数", "completion_rate": "完成率", "share_of_target": "占目标", "pro_rata_target": "序时进度",
    "deviation": "与序时之差", "headroom": "余量", "rank": "名次", "n_due": "应报单位", "n_reported": "已报单位",
    "n_carried": "沿用上期", "published_value": "发布时数值",
}  # fmt: skip


def progress_workbooks(reader: Reader, month: int) -> Told:
    told: Told = {}
    for query in ({"unit": "000000"}, {"level": "children"}, {"unit": "440000", "level": "children"}):
        told |= _progress(reader, reader.get("/export/progress/", month=f"2007-{month:02d}", **query), month)
    return told


def ranking_workbooks(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in ("000000", "440000"):
        told |= _progress(reader, reader.get("/export/ranking/", month=f"2007-{month:02d}", unit=unit), month)
    return told


def board_workbook(reader: Reader, month: int) -> Told:
    return _progress(reader, reader.get("/export/board/", month=f"2007-{month:02d}"), month, sheet=1)


def _progress(reader: Reader, content: bytes, month: int, *, sheet: int = 0) -> Told:
    told: Told = {}
    for row in _table(book_of(content).worksheets[sheet], "指标代码"):
        assert reader.indicator(row["指标"]) == row["指标代码"]
        assert reader.unit(row["单位"]) == row["单位代码"]
        told[month, row["单位代码"], row["指标代码"]] = {
            **{name: twelve(row[head]) for name, head in _COLUMNS.items()},
            "value_month": "" if row["数据所属期"] is None else f"{row['数据所属期']:%Y-%m}",
            "unit_of_measure": row["计量单位"],
            "status": row["状态"] or "",
            "marks": row["标记"] or "",
        }
    return told


def _table(sheet: object, corner: str) -> Iterator[dict[str, object]]:
    """Yield the rows under the header that begins with this word, to the first empty line."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if HEADS.get(row[0], row[0]) == corner)
    heads = [HEADS.get(head, head) for head in rows[top]]
    for row in rows[top + 1 :]:
        if row[0] is None or row[1] is None:
            return
        yield dict(zip(heads, row, strict=True))


def analyst_summary(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in LOOKED_AT[:2]:
        book = book_of(reader.get("/export/workbook/", month=f"2007-{month:02d}", unit=unit))
        for row in _table(book.worksheets[0], "指标代码"):
            assert reader.indicator(row["指标"]) == row["指标代码"]
            told[month, unit, row["指标代码"]] = {
                **{name: twelve(row[_COLUMNS[name]]) for name in _OF_SUMMARY},
                "value_month": row["数据所属期"] or "",
                "unit_of_measure": row["计量单位"],
                "status": row["状态"] or "",
                "marks": row["标记"] or "",
            }
    return told


_OF_SUMMARY = (
    "value", "target_value", "completion_rate", "share_of_target", "pro_rata_target", "deviation", "headroom",
    "n_due", "n_reported", "n_carried",
)  # fmt: skip


def analyst_matrix(reader: Reader, month: int) -> Told:
    """Return the sheet of units by indicators; the marks stand in the format of a number, or alone."""
    told: Told = {}
    for unit in LOOKED_AT[:2]:
        book = book_of(reader.get("/export/workbook/", month=f"2007-{month:02d}", unit=unit))
        rows = list(book.worksheets[1].iter_rows())
        top = next(number for number, row in enumerate(rows) if row[0].value in {"单位代码", "Unit code"})
        codes = [cell.value for cell in rows[top + 1][2:]]
        for row in rows[top + 3 :]:
            if row[0].value is None:
                break
            for code, cell in zip(codes, row[2:], strict=False):
                if code is not None and cell.value is not None:
                    told[month, row[0].value, code] = _matrix_cell(cell)
    return told


def _matrix_cell(cell: object) -> dict[str, str]:
    if isinstance(cell.value, str):
        return {"value": "", "marks": cell.value}
    return {"value": twelve(cell.value), "marks": " ".join(re.findall(r'" ([a-z])"', cell.number_format))}


def explorer_workbook(reader: Reader, month: int) -> Told:
    query = {
        "rows": "unit", "cols": "month", "measure": list(EXPLORED), "indicator": list(INDICATORS), "unit": list(UNITS),
    }  # fmt: skip
    content = reader.get("/export/explore/", month=f"2007-{month:02d}", format="xlsx", **query)
    rows = book_of(content).worksheets[0].iter_rows(values_only=True)
    return {
        (month, row[0], row[2]): {
            **{name: twelve(cell) for name, cell in zip(EXPLORED, row[4:9], strict=True) if name != "status"},
            "status": row[7] or "",
            "marks": row[9] or "",
        }
        for row in rows
        if row[0] in UNITS and row[2] in INDICATORS
    }


def trace_files(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in ("000000", "440000"):
        for code in oracle.codes_of(unit):
            content = reader.get("/export/trace/", month=f"2007-{month:02d}", indicator=code, unit=unit)
            for row in table_of(content):
                told[month, row["unit"], row["indicator"]] = {
                    **{name: twelve(row[name]) for name in OF_TRACE},
                    "marks": row["marks"],
                }
    return told


OF_TRACE = (
    "value", "numerator", "denominator", "persons", "n_due", "n_reported", "n_carried", "published_value",
)  # fmt: skip


def series_files(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in LOOKED_AT:
        for code in oracle.codes_of(unit):
            for row in table_of(reader.get("/export/series/", month=f"2007-{month:02d}", indicator=code, unit=unit)):
                if _month(row["month"]) == month:
                    told[month, row["unit"], row["indicator"]] = {
                        **{name: twelve(row[name]) for name in ("value", "pro_rata_target", "n_due", "n_reported")},
                        "marks": row["marks"],
                    }
    return told


def saved_again(office: Callable[..., object], workbooks: list[bytes]) -> list[bytes]:
    """Return the workbooks as another program saves them."""
    return list(office.all({f"{at}.xlsx": content for at, content in enumerate(workbooks)}).values())


def not_plain(workbook: bytes) -> list[str]:
    """Return the cells of a workbook that hold a formula or an error, by sheet and place."""
    book = book_of(workbook)
    cells = ((page.title, cell) for page in book for row in page.iter_rows() for cell in row)
    return [f"{title}!{cell.coordinate}" for title, cell in cells if cell.data_type in "fe"]


# SDMX ------------------------------------------------------------------------------------------

_MEASURES = {"VALUE": "value", "NUMERATOR": "numerator", "DENOMINATOR": "denominator", "PERSONS": "persons"}
_ATTRIBUTES = ("OBS_STATUS", "N_DUE", "N_REPORTED", "N_CARRIED")


def sdmx_csv(reader: Reader, month: int) -> Told:
    query = {"startPeriod": f"2007-{month:02d}", "endPeriod": f"2007-{month:02d}", "format": "csv"}
    told: Told = {}
    for row in table_of(reader.get("/api/v1/sdmx/data/WORKPLAN", **query)):
        _observe(told, month, row, row["OBS_VALUE"], row)
    return told


def sdmx_ml(reader: Reader, month: int) -> Told:
    """Return what a stock client makes of the default message."""
    query = {"startPeriod": f"2007-{month:02d}", "endPeriod": f"2007-{month:02d}"}
    message = sdmx.read_sdmx(io.BytesIO(reader.get("/api/v1/sdmx/data/WORKPLAN", **query)))
    told: Told = {}
    for observed in message.data[0].series.values():
        for one in observed:
            key = {name: str(value.value) for name, value in one.key.values.items()}
            beside = {name: str(value.value) for name, value in one.attached_attribute.items()}
            unit = {name: str(value.value) for name, value in one.series_key.attrib.items()}
            _observe(told, month, key, "" if one.value is None else str(one.value), beside | unit)
    return told


def _observe(told: Told, month: int, key: dict[str, str], value: str, beside: dict[str, str]) -> None:
    place = (month, key["REF_AREA"], key["INDICATOR"])
    measure = _MEASURES[key["MEASURE"]]
    found = told.setdefault(place, {})
    found[measure] = twelve(value if value not in {"", "nan"} else None)
    if measure == "value":
        found |= {name: beside.get(name, "") for name in _ATTRIBUTES}
        found |= {"UNIT_MEASURE": beside["UNIT_MEASURE"], "REVISED_FROM": twelve(beside.get("REVISED_FROM"))}


# Documents -------------------------------------------------------------------------------------


def circular_tables(reader: Reader, month: int) -> Told:
    """Return the cells of the tables of the circular in Word."""
    opened = document_of(reader.get(f"/circular/2007-{month:02d}/circular.docx"))
    told: Told = {}
    for table in opened.tables:
        heads = [cell.text for cell in table.rows[0].cells]
        if heads[0] != "地区":
            continue
        for row in table.rows[2:]:
            cells = [cell.text for cell in row.cells]
            for code, found in _by_indicator(reader, heads[1:], cells[1:]):
                told[month, reader.unit(cells[0]), code] = found
    return told


def _by_indicator(reader: Reader, heads: list[str], cells: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    found: dict[str, list[str]] = {}
    for head, cell in zip(heads, cells, strict=True):
        found.setdefault(reader.indicator(head.partition("（")[0]), []).append(cell)
    for code, (value, *rate) in found.items():
        if value:
            yield code, {"value": value, "completion": rate[0] if rate else ""}


def sentences(reader: Reader, address: str) -> dict[str, str]:
    """Return what the body of a document in Word says of each indicator: the paragraph that begins with its name."""
    said = {}
    for paragraph in document_of(reader.get(address)).paragraphs:
        lead, _stop, rest_ = paragraph.text.partition("。")
        code = next((code for code, row in INDICATORS.items() if row[3] == lead.strip()), None)
        if code is not None and rest_:
            said[code] = rest_
    return said


def letter_tables(reader: Reader, month: int) -> Told:
    told: Told = {}
    for unit in PROVINCES:
        opened = document_of(reader.get(f"/circular/2007-{month:02d}/letters/{unit}.docx"))
        for table in opened.tables:
            if [cell.text for cell in table.rows[0].cells][:2] != ["指标", "计量单位"]:
                continue
            for row in table.rows[1:]:
                name, unit_of_measure, target, value, completion, pro_rata, rank = (cell.text for cell in row.cells)
                told[month, unit, reader.indicator(name)] = {
                    "unit_of_measure": unit_of_measure, "target": target, "value": value, "completion": completion,
                    "pro_rata": pro_rata, "rank": rank,
                }  # fmt: skip
    return told


def without_spaces(words: str) -> str:
    return re.sub(r"\s", "", words)


def pdf_and_word(reader: Reader, address: str) -> tuple[str, list[str]]:
    """Return the words of a document's PDF, and every line and table row of its Word file, without spaces."""
    pages = PdfReader(io.BytesIO(reader.get(f"{address}.pdf"))).pages
    said = without_spaces("".join(page.extract_text() for page in pages))
    # A line of the PDF may end anywhere, and its pages carry a number and the watermark between.
    plain = re.sub(r"—\d+—|未发布暂定", "", said)
    opened = document_of(reader.get(f"{address}.docx"))
    lines = [paragraph.text for paragraph in opened.paragraphs]
    lines += ["".join(cell.text for cell in row.cells) for table in opened.tables for row in table.rows[2:]]
    return plain, [without_spaces(line) for line in lines]
