"""An uploaded file from the first look to the import: kept, read, planned, confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from submissions.batches import save_drafts
from submissions.bulk import imports, sources
from submissions.bulk.foreseen import outlook
from submissions.bulk.limits import Limits, at_once
from submissions.bulk.plan import Mode, Plan, plan_import
from submissions.bulk.rows import RowFault, Source
from submissions.facts import names_of
from submissions.models import UploadedFile
from submissions.workbook.offers import Offer, with_taken
from submissions.workbook.read import changed_rows, is_workbook_of_ours
from targets.models import Indicator, Milestone
from workplan.lib.sheets import clean_text
from workplan.lib.spreadsheets import SheetRefused, read_workbook

#: How long a file waits for its confirmation, and how many of one person's do.
KEPT_FOR = timedelta(hours=24)
MOST_WAITING = 20
#: So many single faults are shown; the whole list is in the person's own workbook.
SHOWN = 20


@dataclass(frozen=True)
class Look:
    """What an uploaded file would do."""

    plan: Plan
    #: The workbook is ours, made to be filled in; else it is a table of figures.
    is_ours: bool
    #: When the same content was imported before by the same person.
    imported_before: datetime | None
    #: What the indicators and milestones are called, by code.
    names: Mapping[str, str] = field(default_factory=dict)
    #: The suggestions that were taken in place of what the file says.
    taken: Sequence[Offer] = ()

    @property
    def n_changes(self) -> int:
        return sum(len(one.changes) for one in self.plan.reports)

    @property
    def faults_by_rule(self) -> list[list[tuple[RowFault, str]]]:
        """Return the first faults, those of one rule together, each with the name of its indicator or milestone."""
        shown = sorted(self.plan.faults, key=lambda one: one.code)[:SHOWN]
        return [list(map(self._named, faults)) for _code, faults in groupby(shown, key=lambda one: one.code)]

    @property
    def notes_on_rows(self) -> list[tuple[RowFault, str]]:
        return list(map(self._named, self.plan.row_notes))

    def _named(self, one: RowFault) -> tuple[RowFault, str]:
        code = one.row.cells.get("milestone" if one.row.is_milestone else "indicator")
        return one, self.names.get(str(code), "")

    @property
    def n_more(self) -> int:
        return max(0, len(self.plan.faults) - SHOWN)


def read_source(content: bytes, limits: Limits | None = None) -> tuple[Source, bool]:
    """Return the rows of a file, and whether it is a workbook we made.

    :raises SheetRefused: the file cannot be read as it stands.
    """
    if not content.startswith(b"PK") and _is_text(content):
        return sources.from_csv(content, limits), False
    book = read_workbook(content, bounds=(limits or at_once()).bounds)
    if is_workbook_of_ours(book):
        return changed_rows(book), True
    return sources.from_tables(book, limits), False


def _is_text(content: bytes) -> bool:
    """Say whether a file is to be read as CSV: text whose first line names columns."""
    start = content[:4_000]
    is_plain = b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))
    return is_plain and not start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"%PDF", b"{\\rtf", b"MIME"))


def keep(content: bytes, name: str, *, by: User, now: datetime) -> UploadedFile:
    """Keep the file until it is confirmed; the person's oldest ones give way.

    :raises SheetRefused: it cannot be read; then it is not kept.
    """
    if len(content) > settings.IMPORT_XLSX_BYTES:
        raise SheetRefused(
            _("文件有 %(size)s 字节，最多 %(most)s 字节。请拆分后上传。"),
            code="too_large", size=len(content), most=settings.IMPORT_XLSX_BYTES,
        )  # fmt: skip
    read_source(content)
    waiting = UploadedFile.objects.filter(by=by, imported_at=None)
    waiting.filter(uploaded_at__lt=now - KEPT_FOR).delete()
    kept = waiting.order_by("-uploaded_at").values("pk")[: MOST_WAITING - 1]
    waiting.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return UploadedFile.objects.create(
        by=by,
        name=clean_text(name).replace("\n", " ")[:200],
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_at=now,
    )


def look(upload: UploadedFile, *, by: User, today: date, taking: Iterable[str] = ()) -> Look:
    """Return what the file would do now, with the suggestions named in ``taking`` in place of what it says there.

    :raises SheetRefused: the file cannot be read as it stands.
    :raises OfferGone: something is not suggested (any more).
    """
    source, is_ours = read_source(bytes(upload.content))
    read = partial(plan_import, by=by, today=today)
    judge = partial(outlook, by=by, today=today)
    plan, taken = with_taken(source, read(source), taking, judge=lambda plan: judge(plan.reports), read=read)
    before = UploadedFile.objects.filter(by=by, digest=upload.digest, imported_at__isnull=False)
    newest = before.order_by("-imported_at").values_list("imported_at", flat=True).first()
    return Look(plan, is_ours, newest, _names(plan), taken)


def _names(plan: Plan) -> dict[str, str]:
    """Return what the indicators are called, and the milestones of which a cell is refused; the newest plan's word."""
    names = names_of(Indicator.objects.prefetch_related("filed_parts"))
    refused = {str(one.row.cells["milestone"]) for one in plan.faults if one.row.is_milestone}
    if refused:
        milestones = Milestone.objects.filter(code__in=refused).order_by("item__plan__year")
        names |= {one.code: str(one) for one in milestones}
    return names


def confirm(upload: UploadedFile, *, by: User, now: datetime, taking: Sequence[str] = ()) -> Look:
    """Import the file, whole or not at all, and forget its content; a second confirmation finds nothing to do.

    The suggestions named in ``taking`` are imported in place of what the file says; the trail names them.

    :raises StaleVersion: others kept saving the same reports meanwhile.
    :raises OfferGone: something is not suggested any more.
    """
    for attempt in range(1, imports.ATTEMPTS + 1):
        try:
            return _confirmed(upload, by=by, now=now, taking=taking)
        except imports.StaleVersion:
            if attempt == imports.ATTEMPTS:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


@transaction.atomic
def _confirmed(upload: UploadedFile, *, by: User, now: datetime, taking: Sequence[str]) -> Look:
    held = UploadedFile.objects.select_for_update().get(pk=upload.pk)
    if held.imported_at is not None:
        return Look(Plan([], [], [], []), is_ours=True, imported_before=held.imported_at)
    found = look(held, by=by, today=now.date(), taking=taking)
    if found.plan.faults:
        return found
    origin: dict[str, object] = {"by_import": "file", "file": held.digest}
    if found.taken:
        origin["taken"] = [one.key for one in found.taken]
    save_drafts(found.plan.drafts(Mode.WHOLE), by=by, now=now, origin=origin)
    held.content, held.imported_at, held.n_changes = b"", now, found.n_changes
    held.save(update_fields=["content", "imported_at", "n_changes"])
    return found
