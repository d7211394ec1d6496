"""What can be saved: for each kind its page, its parameters and its export; every address checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import FileResponse, Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import NATION_CODE, User
from reporting import downloads, tidy
from reporting.explorer import files
from reporting.explorer.asked import NotUnderstood
from reporting.explorer.page import explorer_page
from reporting.explorer.reader import KNOWN, offer, read
from reporting.saved.models import LONGEST_ADDRESS, FileFormat, ViewKind
from workplan.lib import clock
from workplan.lib.refusals import Refused


class NotToBeSaved(Refused):
    """The address asks for something that there is not, or that is not to be had in this form."""

    code = "view_not_understood"
    http_status = 422


@dataclass(frozen=True)
class Page:
    """One kind: which parameters it has, as which files it can be had, where it is opened, and what makes the file."""

    params: tuple[str, ...]
    formats: tuple[FileFormat, ...]
    address: Callable[[QueryDict], str]
    export: str
    made: Callable[[User, QueryDict], Made]


@dataclass(frozen=True)
class Made:
    """A file piece by piece, as its owner would download it; whoever stops early closes `pieces`."""

    media_type: str
    pieces: Generator[bytes]


_PIECE = 64 * 1024


def _of(download: Callable[[User, QueryDict], FileResponse]) -> Callable[[User, QueryDict], Made]:
    """Return what makes the file that a page hands out."""

    def made(person: User, query: QueryDict) -> Made:
        answer = download(person, query)
        return Made(answer["Content-Type"], _read(answer))

    return made


def _read(answer: FileResponse) -> Generator[bytes]:
    """Yield the file of an answer. The answer is not closed: it would say that a request has ended."""
    with answer.file_to_stream as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _figures(person: User, query: QueryDict) -> Made:
    selection, form = downloads.asked_figures(person, query)
    return Made(tidy.FORMATS[form].media_type, tidy.file_chunks(person, selection, form))


def _explored(person: User, query: QueryDict) -> FileResponse:
    page = explorer_page(person, query, today=clock.today())
    if page is None:
        raise Http404
    if page.table is None:
        raise NotToBeSaved(" ".join(page.wrong).replace("%", "%%"))
    return files.download(page.table, query.get("format") or FileFormat.XLSX, by=person)


def _explore_address(query: QueryDict) -> str:
    return _with(reverse("reporting:explore"), query)


def _table_address(query: QueryDict) -> str:
    """Return the page of the indicator, of the unit or of the country that shows the table."""
    month, unit, indicator = (query.get(name, "") for name in ("month", "unit", "indicator"))
    kept = QueryDict(mutable=True)
    if month:
        kept["month"] = month
    if indicator:
        if unit:
            kept["unit"] = unit
        return _with(reverse("reporting:indicator", args=[indicator]), kept)
    if unit and unit != NATION_CODE:
        return _with(reverse("reporting:unit", args=[unit]), kept)
    return _with(reverse("reporting:overview"), kept)


def _board_address(query: QueryDict) -> str:
    kept = query.copy()
    item = "".join(kept.pop("item", []))
    return _with(reverse("reporting:item", args=[int(item)]) if item else reverse("reporting:board"), kept)


def _with(path: str, query: QueryDict) -> str:
    return f"{path}?{query.urlencode()}" if query else path


_WORKBOOK = (FileFormat.XLSX,)
_EVERY = tuple(FileFormat)
KINDS: Mapping[str, Page] = {
    ViewKind.EXPLORE: Page(KNOWN, _EVERY, _explore_address, "explore", _of(_explored)),
    ViewKind.PROGRESS: Page(
        ("month", "unit", "level", "indicator"), _WORKBOOK, _table_address, "progress", _of(downloads.progress)
    ),
    ViewKind.RANKING: Page(
        ("month", "unit", "indicator"), _WORKBOOK, _table_address, "ranking", _of(downloads.ranking)
    ),
    ViewKind.BOARD: Page(("month", "item"), _WORKBOOK, _board_address, "board", _of(downloads.board)),
    ViewKind.WORKBOOK: Page(("month", "unit"), _WORKBOOK, _table_address, "workbook", _of(downloads.workbook)),
    ViewKind.FIGURES: Page(("month", "unit", "indicator"), _EVERY, _table_address, "figures", _figures),
}


def fitting(query: QueryDict) -> list[ViewKind]:
    """Return the kinds that know every parameter of an address, in the order of the list."""
    return [kind for kind in ViewKind if set(query) <= set(KINDS[kind].params)]


def canonical(person: User, kind: str, query: QueryDict, *, today: date) -> str:
    """Return the address as it is kept: checked, and nothing in it that the kind does not know.

    :raises NotToBeSaved: it names something that there is not, or is too long to keep.
    """
    told = _explorer_query(person, query, today) if kind == ViewKind.EXPLORE else _plain_query(person, kind, query)
    if len(told) > LONGEST_ADDRESS:
        raise NotToBeSaved(
            _("条件太长（%(n)s 个字符，最多 %(most)s 个）。请少选几个单位、指标或报告期。"),
            n=len(told),
            most=LONGEST_ADDRESS,
        )
    return told


def _explorer_query(person: User, query: QueryDict, today: date) -> str:
    found = offer(person, query, today=today)
    if found is None:
        raise NotToBeSaved(_("还没有到期的报告期，现在没有可以保存的数据。"))
    try:
        return read(query, found).address()
    except NotUnderstood as refusal:
        raise NotToBeSaved(str(refusal).replace("%", "%%")) from refusal


def _plain_query(person: User, kind: str, query: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in KINDS[kind].params:
        if query.get(name):
            kept[name] = query[name]
    try:
        unit = downloads.asked_unit(kept)
        downloads.asked_indicator(kept)
        downloads.asked_month(person, kept, unit)
        downloads.choice(kept, "level", downloads.LEVELS)
        if "item" in kept:
            downloads.asked_item(kept)
    except Http404 as error:
        raise NotToBeSaved(_("地址中的单位、指标、报告期或工作要点不存在。请从页面重新保存。")) from error
    return kept.urlencode()
