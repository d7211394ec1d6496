"""Number, label and status of one thing are the same on every page, in every file and over REST (contract 6.7).

One year of three levels is filed once. `oracle` works out in fractions what is to be said of every unit, indicator and
month; each surface below is read as its reader gets it (HTML, workbook, Word, PDF, CSV, Parquet, SDMX) and compared
with that, place by place: what is missing is found as well as what differs. The controls at the end spoil one thing at
a time and expect the comparison to notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from django.test import Client

from reporting.aggregates import row_value, value_of
from targets.goals import Status
from tests import factories
from tests.kept import kept_until_the_end
from tests.reporting.agreement import files, oracle, pages, regional, shown, told
from tests.reporting.agreement.oracle import Standing
from tests.reporting.agreement.reading import Reader, Told, UnknownName
from tests.reporting.agreement.year import FILED, FILED_BY, MONTHS, file_the_year
from workplan.templatetags import figures
from workplan.templatetags.portal import Look

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_client(django_db_setup, django_db_blocker):
    """The year, filed once, and somebody who reads all of it."""
    with kept_until_the_end(django_db_blocker):
        ministry = factories.person("MINISTRY_REVIEWER", username="reads_all")
        file_the_year(ministry)
        client = Client()
        client.force_login(ministry)
        client.get("/overview/")  # the first reader folds
        yield client


@pytest.fixture(scope="module")
def opened() -> dict[tuple, bytes]:
    """What was opened already, by address and language."""
    return {}


@pytest.fixture(scope="module")
def opened_spoilt() -> dict[tuple, bytes]:
    """What was opened while every total read one too many."""
    return {}


@pytest.fixture
def reader(kept_client, db, opened) -> Reader:
    return Reader(kept_client, opened)


def differences(found: Told, expected: Told, *, only_expected: bool = False) -> list[str]:
    """Return a line for every text that is not the expected one, or is not there; of some columns or of all."""
    lines = []
    for place in sorted(found.keys() | expected.keys()):
        there, wanted = found.get(place, {}), expected.get(place, {})
        names = wanted.keys() if only_expected and wanted else there.keys() | wanted.keys()
        lines += [
            f"{place} {name}: {there.get(name)!r} instead of {wanted.get(name)!r}"
            for name in sorted(names)
            if there.get(name) != wanted.get(name)
        ]
    return lines


# The surfaces ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Surface:
    """One place where figures are read: how, of which places, and what is to stand there."""

    read: Callable[[Reader, int], Told]
    places: Callable[[int], Iterable[Standing]]
    says: Callable[..., dict[str, str]]

    def expected(self, month: int, *, english: bool = False) -> Told:
        return {one.place: self.says(one, english=english) for one in self.places(month)}


def _on_leader_page(month: int) -> Iterable[Standing]:
    """The first indicator of each item that has a target and a figure."""
    return [oracle.standing(month, "000000", code) for code in ("C01", "F01")]


def _with_target(places: Callable[[int], Iterable[Standing]]) -> Callable[[int], Iterable[Standing]]:
    return lambda month: [one for one in places(month) if one.target is not None]


def _due(month: int) -> Iterable[Standing]:
    return [one for one in pages.all_units(month) if one.is_due]


def _in_circular(month: int) -> Iterable[Standing]:
    national = [one.code for one in pages.national(month) if one.target is not None]
    return [
        *_with_target(pages.national)(month),
        *(one for one in oracle.of_children(month, "000000") if one.code in national),
    ]


def _in_letters(month: int) -> Iterable[Standing]:
    """Units whose report is missing are reminded, and told no figures."""
    written_to = [unit for unit in files.PROVINCES if not _is_reminded(unit, month)]
    return [one for unit in written_to for one in oracle.of_unit(month, unit) if one.target is not None]


def _is_reminded(unit: str, month: int) -> bool:
    return unit in FILED_BY and unit not in FILED[month]


def _in_summary(month: int) -> Iterable[Standing]:
    return [one for unit in pages.LOOKED_AT[:2] for one in oracle.of_unit(month, unit)]


def _in_matrix(month: int) -> Iterable[Standing]:
    return [one for one in pages.ranked(month) if one.value is not None or one.marks]


PAGES = {
    "leader": Surface(pages.leader, _on_leader_page, told.card),
    "overview": Surface(pages.overview, pages.national, told.card),
    "ranking": Surface(pages.rankings, pages.ranked, told.ranked),
    "indicator": Surface(pages.indicators, pages.looked_at, told.indicator),
    "unit": Surface(pages.units, pages.all_units, told.unit),
    "item": Surface(pages.items, pages.national, told.item),
    "board": Surface(pages.board, _with_target(pages.national), told.board),
    "compare": Surface(pages.compare, pages.compared, told.compared),
    "trace": Surface(pages.traces, pages.taken_apart, told.traced),
    "laggards": Surface(pages.laggards, pages.lagging, told.verdict),
    "map": Surface(pages.tiles, pages.on_the_map, told.tile),
    "reasons": Surface(pages.verdicts, pages.looked_at, told.verdict),
    "regions": Surface(regional.page, regional.lines_and_units, regional.told_of_both),
    "explorer": Surface(pages.explored, pages.all_units, told.explored),
}
FILES = {
    "rest": Surface(files.rest, pages.taken_apart, told.rest),
    "series": Surface(files.series, pages.looked_at, told.series),
    "progress.xlsx": Surface(files.progress_workbooks, pages.taken_apart, told.workbook),
    "ranking.xlsx": Surface(files.ranking_workbooks, pages.ranked, told.workbook),
    "board.xlsx": Surface(files.board_workbook, _with_target(pages.national), told.workbook),
    "workbook.xlsx, summary": Surface(files.analyst_summary, _in_summary, told.summary),
    "workbook.xlsx, units": Surface(files.analyst_matrix, _in_matrix, told.matrix),
    "explorer.xlsx": Surface(files.explorer_workbook, pages.all_units, told.explorer_file),
    "trace.csv": Surface(files.trace_files, pages.taken_apart, told.trace_file),
    "regions.csv": Surface(regional.file, regional.lines, regional.told_in_file),
    "reasons of regions": Surface(regional.verdicts, regional.lit, regional.told_as_light),
    "series.csv": Surface(files.series_files, pages.looked_at, told.series_file),
    "SDMX-CSV": Surface(files.sdmx_csv, _due, told.sdmx),
    "SDMX-ML": Surface(files.sdmx_ml, _due, told.sdmx),
    "circular.docx": Surface(files.circular_tables, _in_circular, told.circular_table),
    "letter.docx": Surface(files.letter_tables, _in_letters, told.letter_table),
}


WORKBOOKS = tuple(name for name in FILES if ".xlsx" in name)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("surface", [*PAGES, *FILES])
def test_it_says_what_the_filed_figures_come_to(reader, surface, month):
    one = (PAGES | FILES)[surface]

    assert differences(one.read(reader, month), one.expected(month)) == []


@pytest.mark.parametrize(
    ("month", "surface"), [(month, surface) for month in MONTHS for surface in [*PAGES, *WORKBOOKS]]
)
def test_it_says_the_same_in_english(reader, month, surface):
    one = (PAGES | FILES)[surface]
    found = one.read(Reader(reader.client, reader.opened, english=True), month)

    assert differences(found, one.expected(month, english=True), only_expected=True) == []


FILED_FIGURES = (files.rest_figures, files.tidy_workbook, files.tidy_csv, files.tidy_parquet)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("read", FILED_FIGURES)
def test_what_was_filed_is_told_as_it_was_filed(reader, read, month):
    assert differences(read(reader, month), told.filed(month)) == []


def test_an_item_has_one_light_everywhere(reader):
    month = MONTHS[-1]
    lights = {number: oracle.light(month, number) for number in (1, 2)}

    assert files.lights_over_rest(reader) == lights
    assert files.lights_of_board(reader, month) == {number: shown.word(light) for number, light in lights.items()}


# A reader's desk -------------------------------------------------------------------------------

#: Workbooks of other things than these figures.
OTHERS = (
    "/export/warnings/",
    "/calendar/export/",
    "/calendar/2007-06/export/",
    "/calendar/2007-06/reminders/",
    "/reports/export/?month=2007-06",
    "/review/export/",
    "/rules/export/",
)


def test_libreoffice_shows_the_same_without_a_formula_or_an_error(reader, office):
    """U-13: every workbook, saved again by another program, still says what the filed figures come to."""
    month, asked = MONTHS[0], Reader(reader.client)
    for name in WORKBOOKS:
        FILES[name].read(asked, month)
    files.tidy_workbook(asked, month)
    for address in OTHERS:
        asked.get(address)
    saved = dict(zip(asked.opened, files.saved_again(office, list(asked.opened.values())), strict=True))
    at_the_desk = Reader(reader.client, saved)

    assert [files.not_plain(content) for content in (*asked.opened.values(), *saved.values())] == [[]] * 2 * len(saved)
    for name in WORKBOOKS:
        assert differences(FILES[name].read(at_the_desk, month), FILES[name].expected(month)) == []
    assert differences(files.tidy_workbook(at_the_desk, month), told.filed(month)) == []
    assert len(at_the_desk.opened) == len(asked.opened)


# Documents -------------------------------------------------------------------------------------


def _in_words(one: Standing) -> set[str]:
    """Return what a sentence of a document has to say of one: figure, share in whole per cent, target."""
    if one.value is None:
        return {"尚无已通过审核的数据"}
    if one.kind == "ZERO" and one.value == 0:
        return {"年内曾经发生" if one.has_breached else "没有发生"}
    words = {shown.figure(one.value, one.measure)}
    if one.kind != "ZERO":
        words.add(shown.figure(one.target, one.measure))
    if one.completion is not None:
        words.add(shown.percent(one.completion, 0))
    return {text.replace(",", "") for text in words}


@pytest.mark.parametrize("month", MONTHS)
def test_the_circular_says_it_in_words(reader, month):
    said = files.sentences(reader, f"/circular/2007-{month:02d}/circular.docx")

    _says(said, _with_target(pages.national)(month))


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("unit", ["110000", "440000"])
def test_a_letter_says_it_in_words(reader, month, unit):
    said = files.sentences(reader, f"/circular/2007-{month:02d}/letters/{unit}.docx")

    _says(said, [one for one in _in_letters(month) if one.unit == unit])
    assert bool(said) != _is_reminded(unit, month)


def _says(said: dict[str, str], expected: Iterable[Standing]) -> None:
    expected = list(expected)
    assert said.keys() >= {one.code for one in expected}
    lacking = [(one.place, words) for one in expected for words in _in_words(one) if words not in said[one.code]]
    assert lacking == []


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("document", ["circular", "letters/440000"])
def test_the_pdf_says_what_the_word_file_says(reader, document, month):
    said, lines = files.pdf_and_word(reader, f"/circular/2007-{month:02d}/{document}")

    assert len(lines) > 10
    assert [line for line in lines if line not in said] == []


# Controls: one thing spoilt at a time ----------------------------------------------------------


FIGURES, PORTAL = "workplan.templatetags.figures", "workplan.templatetags.portal"
MARKS, SDMX, REST = "reporting.templatetags.marks", "reporting.sdmx", "workplan.lib.serializers"
INDICATOR = "targets.models.Indicator"


def _half_even(value: Decimal | int, places: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def _never_mind(rate: Decimal, places: int) -> str:
    """Round what is just below the whole up to it."""
    return f"{figures.round_half_up(rate * 100, places)}".replace("-", figures.MINUS)


def _more(read: Callable[[object], Decimal | None]) -> property:
    """Return a property that reads one too many."""
    return property(lambda self: None if (value := read(self)) is None else value + 1)


def _sums_one_more(numbers: Iterable[Decimal | int | None]) -> Decimal | int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) + 1 if known else None


#: what is spoilt → its place, what stands there instead, and the surface and month that are to notice.
SPOILT: dict[str, tuple[str, object, str, int]] = {
    "a ranking rounds halves to even": (f"{FIGURES}.round_half_up", _half_even, "ranking", 7),
    "a letter rounds halves to even": (f"{FIGURES}.round_half_up", _half_even, "letter.docx", 7),
    "99.99… % is shown as 100 %": (f"{FIGURES}._percentage", _never_mind, "unit", 9),
    "the board adds one": ("reporting.board.BoardTarget.value", _more(lambda one: one.row.value), "board", 8),
    "the trace adds one": ("reporting.trace.Part.value", _more(lambda part: row_value(part.total)), "trace", 8),
    "cards have no marks": (f"{MARKS}.marks_beside", lambda _row: (), "overview", 7),
    "a workbook marks nothing": ("reporting.exports.marks.marks_of", lambda _row: (), "progress.xlsx", 7),
    "a workbook has another word": ("reporting.exports.status_label", lambda _one: "滞后", "board.xlsx", 9),
    "a page has another word": (
        f"{PORTAL}.STATUS_LOOKS",
        dict.fromkeys(Status, Look("滞后", "▼", "behind")),
        "unit",
        9,
    ),
    "SDMX calls everything normal": (f"{SDMX}.observations.status_of", lambda *_a, **_k: "A", "SDMX-CSV", 9),
    "SDMX rounds": (f"{SDMX}.data_xml.plain_text", lambda value: f"{value:.3f}", "SDMX-ML", 9),
    "REST rounds": (f"{REST}.DecimalText.to_representation", lambda _self, value: f"{value:.3f}", "rest", 9),
    "the circular prints one": ("reporting.circular.tables.value_cell", lambda _row: "1", "circular.docx", 8),
    "the explorer cuts": ("reporting.explorer.cells.number", lambda value, *_rest: str(int(value)), "explorer", 8),
    "a region adds one": ("reporting.regions._sum", _sums_one_more, "regions", 8),
    "regions have no marks": ("reporting.templatetags.marks.marks_beside", lambda _row: (), "regions", 7),
    "the leader page leaves out": ("reporting.pages.leader._first_of_items", lambda rows: list(rows)[:1], "leader", 8),
    "the map says one": ("reporting.tiles.tile_value", lambda _row: "1%", "map", 8),
    "the list of what lags is empty": ("reporting.pages.overview.IN_TROUBLE", frozenset(), "laggards", 8),
    "an indicator has another name": (f"{INDICATOR}.short_label", property(lambda _one: "就业"), "board", 8),
    "a unit has another name": ("accounts.models.ReportingUnit.label", property(lambda _one: "南省"), "compare", 8),
}


@pytest.mark.parametrize("what", SPOILT)
def test_the_comparison_notices_that(reader, monkeypatch, what):
    place, instead, surface, month = SPOILT[what]
    monkeypatch.setattr(place, instead)

    assert _noticed((PAGES | FILES)[surface], Reader(reader.client), month)


def _noticed(surface: Surface, reader: Reader, month: int) -> list[str]:
    """Return what differs on a surface; a name that nothing goes by is a difference too."""
    try:
        found = surface.read(reader, month)
    except UnknownName as unknown:
        return [str(unknown)]
    return differences(found, surface.expected(month))


@pytest.mark.parametrize("surface", [*PAGES, *FILES])
def test_no_surface_says_the_same_of_other_figures(reader, opened_spoilt, monkeypatch, surface):
    """Every total reads one too many, and every page and file of figures is found out."""

    def one_more(*parts: object) -> Decimal | None:
        return None if (value := value_of(*parts)) is None else value + 1

    monkeypatch.setattr("reporting.aggregates.value_of", one_more)
    monkeypatch.setattr("reporting.trace.value_of", one_more)

    assert _noticed((PAGES | FILES)[surface], Reader(reader.client, opened_spoilt), 8)


@pytest.mark.parametrize("read", FILED_FIGURES)
def test_no_file_of_filed_figures_says_the_same_of_other_rates(reader, monkeypatch, read):
    monkeypatch.setattr("targets.measures.ratio", lambda _numerator, _denominator: Decimal(1))

    assert differences(read(Reader(reader.client), 8), told.filed(8))


def test_the_comparison_notices_a_row_that_is_left_out():
    surface = FILES["rest"]
    expected = surface.expected(7)
    lacking = dict(list(expected.items())[:-1])

    assert len(differences(lacking, expected)) == len(next(reversed(expected.values())))
