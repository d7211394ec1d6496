"""lib/spreadsheets: bombs cost nothing, text is decoded as it was written, formats are seen through."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.submissions.workbooks import BOMB_CODES, bombs, book
from workplan import checks
from workplan.lib.spreadsheets import Bounds, SheetRefused, read_text, read_workbook, workbook
from workplan.lib.spreadsheets.formats import shown_otherwise

#: Acceptance G-17; measured in a process of its own, over what the libraries alone take, by processor time and by the
#: peak of that process (ru_maxrss would begin at its parent's).
MOST_SECONDS, MOST_MEGABYTES = 1.0, 50
CHILD = """
import json, sys, time
from pathlib import Path
from django.conf import settings
settings.configure(USE_I18N=False)
from workplan.lib.spreadsheets import SheetRefused, read_workbook

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024

data = Path(sys.argv[1]).read_bytes()
before, started = peak(), time.process_time()
try:
    read_workbook(data)
    code = ""
except SheetRefused as refusal:
    code = refusal.code
print(json.dumps([code, time.process_time() - started, peak() - before]))
"""


@pytest.fixture(scope="module")
def bomb_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bombs")
    for name, data in bombs().items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("name", sorted(BOMB_CODES))
def test_g17_a_bomb_is_refused_quickly_and_in_little_memory(bomb_files, name):
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(bomb_files / name)], cwd=root, capture_output=True, timeout=300, check=True
    )

    code, seconds, megabytes = json.loads(done.stdout)
    assert code == BOMB_CODES[name]
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


def test_x11_uploads_are_not_read_without_protection_against_entities(monkeypatch):
    monkeypatch.setattr(workbook.openpyxl, "DEFUSEDXML", False)

    with pytest.raises(RuntimeError, match="defusedxml"):
        read_workbook(book())


def test_x11_the_portal_does_not_start_without_the_protection(monkeypatch):
    assert checks.uploads_are_parsed_safely(None) == []
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)

    assert [error.id for error in checks.uploads_are_parsed_safely(None)] == ["workplan.E005"]


@pytest.mark.parametrize("size", [-1, 0, 1])
def test_u01_a_file_of_exactly_the_limit_is_read(size):
    data = book()

    if size < 0:
        with pytest.raises(SheetRefused) as refused:
            read_workbook(data, bounds=Bounds(file=len(data) - 1))
        assert (refused.value.code, str(len(data)) in str(refused.value)) == ("too_large", True)
    else:
        assert read_workbook(data, bounds=Bounds(file=len(data) + size)).sheets[0].cell(1, 1).plain() == "month"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("12345.678", "#,##0,", "12"),
        ("12345678", "#,##0,,", "12"),
        ("12345", '0!.0,"万"', "1.2万"),
        ("0.125", "0.00%", "12.50%"),
        ("1234.5", "0", "1235"),
        ("1234.5", "0.0", None),
        ("1234.50", "0.00", None),
        ("5", "General", None),
        ("5", ";;;", ""),
        ("5", "@", None),
        ("5", "yyyy-mm-dd", None),
        ("5", '"合计"', None),
        ("1e40", "0.00", None),
    ],
)
def test_x27_what_a_format_shows_otherwise_is_seen(value, code, shown):
    assert shown_otherwise(Decimal(value), code) == shown


@pytest.mark.parametrize(
    ("data", "encoding", "separator"),
    [
        (b"a,b\n1,2\n", "UTF-8", ","),
        ("甲;乙\n".encode("gb18030"), "GB18030", ";"),
        ("甲\t乙\n".encode("utf-16"), "UTF-16", "\t"),
        (b"a\n1,5\n", "UTF-8", ","),
    ],
)
def test_x39_encoding_and_separator_are_recognised(data, encoding, separator):
    table = read_text(data)

    assert (table.encoding, table.separator) == (encoding, separator)
