"""The text of a notice brought to its plan: compared in full, stored item by item where number and heading agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import ndiff

from django.db import transaction

from accounts import audit
from accounts.models import NATION_CODE
from targets.models import Chapter, Item, ItemText, Kind, Plan, Target
from targets.notice import comparing
from targets.notice.comparing import Finding, PlannedItem, PlannedTarget, Verdict
from targets.notice.reading import Paper
from targets.notice.refusals import NoticeRefused
from targets.notice.structure import Document, take_apart
from workplan.lib.loading import Effect

IMPORTED = "notice.import"


@dataclass(frozen=True)
class Imported:
    """What a notice says against its plan, and what of it was stored."""

    plan: Plan
    document: Document
    findings: list[Finding]
    texts: Effect
    #: Lines of the texts that another file said otherwise: "- " before, "+ " now.
    changes: list[str]


@transaction.atomic
def import_notice(paper: Paper, year: int | None = None) -> Imported:
    """Store the text of the items whose number and heading are the plan's; targets are compared, never changed.

    :raises NoticeRefused: no year, another year, no plan of that year, or no item in the text.
    """
    document = take_apart(paper.lines)
    plan = _plan_of(document, year)
    if not document.items:
        raise NoticeRefused(
            "No numbered item was found: chapters begin with 一、 and items with （一）, each on its line."
        )
    planned = _planned(plan)
    chapters = list(Chapter.objects.filter(plan=plan).order_by("number").values_list("number", "heading"))
    findings = [
        *_head(plan, document),
        *comparing.compare_chapters(chapters, document),
        *comparing.compare_items(planned, document),
        *comparing.compare_targets(planned, document),
    ]
    texts, changes = _store(plan, comparing.same_items(planned, document), paper.digest)
    if texts.created or texts.updated:
        counts = {"created": texts.created, "updated": texts.updated}
        audit.record(IMPORTED, by=None, obj=plan, details={"file_sha256": paper.digest, **counts})
    return Imported(plan, document, findings, texts, changes)


def _plan_of(document: Document, year: int | None) -> Plan:
    if year is None and document.year is None:
        raise NoticeRefused("The notice does not say of which year it is. Name it: --year 2007")
    if year is not None and document.year not in {None, year}:
        raise NoticeRefused(f"The notice is of {document.year}, not of {year}.")
    year = year or document.year
    plan = Plan.objects.select_for_update(no_key=True).filter(year=year).first()
    if plan is None:
        raise NoticeRefused(
            f"There is no plan of {year}. Load its file first (manage.py load_plan plan_{year}.json): a notice does "
            "not say what an indicator counts, how often and by whom it is filed."
        )
    return plan


def _planned(plan: Plan) -> list[PlannedItem]:
    targets: dict[int, list[PlannedTarget]] = {}
    for one in Target.objects.filter(plan=plan, unit__code=NATION_CODE).in_order():
        targets.setdefault(one.item_id, []).append(_planned_target(one))
    items = Item.objects.filter(plan=plan).select_related("chapter").order_by("number")
    return [PlannedItem(one.number, one.chapter.number, one.heading, targets.get(one.pk, ())) for one in items]


def _planned_target(target: Target) -> PlannedTarget:
    return PlannedTarget(
        indicator=target.indicator.code,
        name=target.indicator.name,
        value=target.target_value,
        unit=target.indicator.unit_of_measure,
        bound=target.bound,
        strength=target.strength,
        is_naught=target.indicator.kind == Kind.ZERO,
    )


def _head(plan: Plan, document: Document) -> Iterator[Finding]:
    """Compare number and date where the notice says them; a copy often leaves them out."""
    for what, found, planned in (
        ("document number", document.number, plan.number),
        ("date", document.issued_on, plan.issued_on),
    ):
        if found and comparing.folded(str(found)) != comparing.folded(str(planned)):
            yield Finding(Verdict.DIFFERS, what, f"{found}; the plan: {planned}")


def _store(plan: Plan, items: Sequence, digest: str) -> tuple[Effect, list[str]]:
    stored = {one.item.number: one for one in ItemText.objects.filter(item__plan=plan).select_related("item")}
    keys = dict(Item.objects.filter(plan=plan).values_list("number", "pk"))
    n_created = n_updated = 0
    changes: list[str] = []
    for item in items:
        row = stored.get(item.number)
        if row is None:
            ItemText.objects.create(item_id=keys[item.number], text=item.text, file_digest=digest)
            n_created += 1
        elif row.text != item.text:
            changes += [f"item {item.number} {line}" for line in _changed(row.text, item.text)]
            row.text, row.file_digest = item.text, digest
            row.save(update_fields=["text", "file_digest"])
            n_updated += 1
    return Effect("texts", n_created, n_updated, len(items) - n_created - n_updated), changes


def _changed(before: str, now: str) -> list[str]:
    """Return the sentences that went and those that came."""
    old, new = (text.replace("。", "。\n").splitlines() for text in (before, now))
    return [line for line in ndiff(old, new) if line.startswith(("- ", "+ "))]
