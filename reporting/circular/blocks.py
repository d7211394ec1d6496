"""The editable blocks of a circular: generated words, the edited ones kept beside them, and what no longer agrees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit, permissions
from accounts.models import User
from accounts.refusals import NotPermitted
from reporting.circular import placeholders, wording
from reporting.circular.facts import Facts
from reporting.circular.models import LONGEST_TEXT, Block, CircularText
from reporting.circular.placeholders import Stale
from submissions.models import ReportingMonth
from workplan.lib.refusals import Refused

GENERATED: dict[Block, Callable[[Facts], str]] = {
    Block.NUMBER: wording.number,
    Block.RECIPIENTS: wording.recipients,
    Block.OPENING: wording.opening,
    Block.PROBLEMS: wording.problems,
    Block.REQUIREMENTS: wording.requirements,
    Block.CLOSING: wording.closing,
    Block.SIGNED_ON: wording.signed_on,
    Block.COPIES: wording.copies,
}
#: Worded once, these hold for the months after until they are worded anew.
CARRIED = frozenset({Block.RECIPIENTS, Block.COPIES})
#: These stand on one line.
ONE_LINE = frozenset({Block.NUMBER, Block.RECIPIENTS, Block.SIGNED_ON, Block.COPIES})


class TextRefused(Refused):
    """The text cannot stand in a circular."""

    code = "text_refused"
    http_status = 400


class ChangedMeanwhile(Refused):
    """Somebody else worded the block after the person opened it."""

    code = "changed_meanwhile"


@dataclass(frozen=True)
class Wording:
    """One block of one month's circular."""

    block: Block
    generated: str
    edited: CircularText | None
    told: Mapping[str, str]

    @property
    def is_edited(self) -> bool:
        return self.edited is not None and self.edited.text != ""

    @property
    def version(self) -> int:
        return self.edited.version if self.edited else 0

    @property
    def source(self) -> str:
        """What stands in the field: placeholders as they were typed."""
        return self.edited.text if self.edited and self.is_edited else self.generated

    @property
    def text(self) -> str:
        """What stands in the document."""
        return placeholders.filled_leniently(self.source, self.told)

    @property
    def stale(self) -> list[Stale]:
        """Numbers typed by hand that no longer equal the data."""
        return placeholders.stale(self.edited.figures, self.told) if self.edited and self.is_edited else []

    @property
    def unquoted(self) -> list[str]:
        """Numbers typed by hand that equal no figure of the month; what is generated quotes figures alone."""
        if not self.is_edited:
            return []
        in_draft = set(placeholders.numbers_in(self.generated))
        return [one for one in placeholders.unquoted(self.source, self.told) if one not in in_draft]

    @property
    def is_one_line(self) -> bool:
        return self.block in ONE_LINE


def wordings(facts: Facts) -> dict[Block, Wording]:
    """Return every block of a month's circular; two queries."""
    told = placeholders.known(facts)
    newest = _newest(facts.period)
    carried = _carried(facts.period)
    return {
        block: Wording(block, carried.get(block) or generate(facts), newest.get(block), told)
        for block, generate in GENERATED.items()
    }


def _newest(period: ReportingMonth) -> dict[Block, CircularText]:
    rows = CircularText.objects.filter(period=period).order_by("block", "-version").distinct("block")
    return {Block(row.block): row for row in rows.select_related("by")}


def _carried(period: ReportingMonth) -> dict[Block, str]:
    """Return what carried blocks said in the newest earlier month of the plan that words them."""
    rows = CircularText.objects.filter(
        block__in=CARRIED, period__plan=period.plan_id, period__lt=period.month
    ).order_by("block", "-period", "-version")
    newest = rows.distinct("block", "period").values_list("block", "text")
    found: dict[Block, str] = {}
    for block, text in newest:
        found.setdefault(Block(block), text)
    return found


def history(period: ReportingMonth) -> list[CircularText]:
    """Return every version of every block, newest first."""
    return list(CircularText.objects.filter(period=period).select_related("by").order_by("-at", "-id"))


@transaction.atomic
def word(wording_: Wording, period: ReportingMonth, text: str, *, by: User, now: datetime, version: int) -> bool:
    """Put the person's words in a block, or with "" the generated ones again; return whether anything changed.

    :raises NotPermitted: the person does not word circulars.
    :raises TextRefused: it is too long, or has several lines where one belongs.
    :raises UnknownPlaceholder: a name between braces stands for no figure.
    :raises ChangedMeanwhile: ``version`` is not the newest one.
    """
    if not permissions.may_word_circulars(by):
        raise NotPermitted(_("只有部级审核人和计划管理可以修改通报文字。"))
    text = "\n".join(line.strip() for line in text.replace("\r", "").split("\n")).strip()
    _refuse_what_cannot_stand(wording_, text)
    if text == wording_.generated:
        text = ""
    if text == (wording_.edited.text if wording_.edited else ""):
        return False
    if version != wording_.version:
        raise _changed(wording_)
    _append(wording_, period, text, by=by, now=now)
    audit.record(
        "circular.word",
        by=by,
        obj=period,
        details={"month": str(period), "block": wording_.block, "version": wording_.version + 1, "text": text},
    )
    return True


def _append(wording_: Wording, period: ReportingMonth, text: str, *, by: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            CircularText.objects.create(
                period=period,
                block=wording_.block,
                version=wording_.version + 1,
                text=text,
                figures=placeholders.quoted(text, wording_.told) if text else {},
                by=by,
                at=now,
            )
    except IntegrityError as error:
        raise _changed(wording_) from error


def _changed(wording_: Wording) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        _("“%(block)s”已被他人修改。您的文字还在下面，请与现行文字核对后再保存。"), block=wording_.block.label
    )


def _refuse_what_cannot_stand(wording_: Wording, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise TextRefused(
            _("“%(block)s”有%(n)d个字，最多%(most)d个，请精简。"),
            block=wording_.block.label,
            n=len(text),
            most=LONGEST_TEXT,
        )
    if wording_.is_one_line and "\n" in text:
        raise TextRefused(_("“%(block)s”只能写一行，请去掉换行。"), block=wording_.block.label)
    if not all(character.isprintable() or character in "\n　" for character in text):
        raise TextRefused(_("“%(block)s”含有不能打印的字符，请删去后重新输入。"), block=wording_.block.label)
    placeholders.filled(text, wording_.told)
