"""What a file most likely meant where a rule suspects a slip: put into its rows, when asked for, before the import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from submissions.bulk.foreseen import Foreseen, Outlook
from submissions.bulk.plan import Plan
from submissions.bulk.rows import RowFault, Source, SourceRow
from workplan.lib.numbers import plain_text
from workplan.lib.refusals import Refused

#: So many suggestions are taken of one file; who meets more had better correct the file.
MOST = 50


class OfferGone(Refused):
    """What was to be taken is not suggested any more."""

    code = "offer_gone"


@dataclass(frozen=True)
class Offer:
    """One suggestion: where it stands in the file, what the file says there, and what would stand instead.

    ``key`` names it with its number, so that nothing is taken but what the person saw.
    """

    key: str
    at: RowFault
    said: str
    meant: str


def offer_of(one: Foreseen) -> Offer | None:
    """Return what a finding suggests for a cell of the file; None where it suggests nothing, or for another cell."""
    meant = one.finding.suggestion
    if meant is None or one.at is None or meant.field not in one.at.row.cells:
        return None
    row, text = one.at.row, plain_text(meant.value)
    key = f"{row.cells['month']}:{row.cells['unit']}:{row.cells['indicator']}:{meant.field}:{text}"
    return Offer(key, replace(one.at, column=meant.field), str(row.cells[meant.field]), text)


def with_taken(
    source: Source, plan: Plan, keys: Iterable[str], *, judge: Callable[[Plan], Outlook], read: Callable[[Source], Plan]
) -> tuple[Plan, list[Offer]]:
    """Return the plan with the suggestions named taken, and these.

    One may follow from another: a second month in 万 is only told once the first one is put right.

    :raises OfferGone: one of them is not suggested (any more).
    """
    waiting, taken = list(dict.fromkeys(keys))[: MOST + 1], list[Offer]()
    while waiting:
        offers = {offer.key: offer for one in judge(plan).found if (offer := offer_of(one)) is not None}
        found = [offers[key] for key in waiting if key in offers]
        if not found or len(waiting) > MOST:
            raise OfferGone(_("要采用的建议与现在的核对结果不符，没有采用。请按本页重新核对。"))
        source = replace(source, rows=_put_right(source.rows, found))
        plan, taken = read(source), [*taken, *found]
        waiting = [key for key in waiting if key not in offers]
    return plan, taken


def _put_right(rows: Sequence[SourceRow], offers: Sequence[Offer]) -> list[SourceRow]:
    meant: dict[tuple[str, int, object], dict[str, object]] = defaultdict(dict)
    for offer in offers:  # a rate may have two
        meant[_place(offer.at.row)][offer.at.column] = offer.meant
    return [replace(row, cells={**row.cells, **meant[_place(row)]}) if _place(row) in meant else row for row in rows]


def _place(row: SourceRow) -> tuple[str, int, object]:
    return row.sheet, row.number, row.cells.get("indicator")
