"""What people write besides figures: the answer to a warning, the reason for a step."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext_noop

from submissions.intake.cells import CellRefused, InputRefused, Row, clean_text

#: An explanation shorter than this explains nothing (acceptance.md UX-12).
SHORTEST_EXPLANATION = 5
#: The name of a finding: the rule's code and the indicator's.
_FINDING = re.compile(r"V[0-9]{2}:[A-Z][0-9A-Z]{1,11}")


def read_comment(raw: object, pointer: str = "/comment") -> str:
    """Return the reason given for a step, "" for none.

    :raises InputRefused: it cannot be stored.
    """
    try:
        return clean_text(raw, "comment")
    except CellRefused as refusal:
        raise InputRefused([refusal.at(pointer)]) from refusal


def read_explanations(
    answers: Row, pointer: str = "/explanations/{key}", *, last: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the answers to warnings by finding (``V08:T01``); a blank one is as if not given.

    ``last`` has the unit's answers to the same findings of earlier months: copied, they explain nothing anew.

    :raises InputRefused: with every complaint about every answer.
    """
    given: dict[str, str] = {}
    complaints = []
    for key, raw in answers.items():
        try:
            text = _answer(key, raw)
            _refuse_copied(text, (last or {}).get(key, ""))
        except CellRefused as refusal:
            complaints.append(refusal.at(pointer.format(key=key)))
            continue
        if text:
            given[key] = text
    if complaints:
        raise InputRefused(complaints)
    return given


def _refuse_copied(text: str, last: str) -> None:
    if text and _bare(text) == _bare(last):
        template = gettext_noop("说明与上次写的一样。请写清这一次的原因。")
        raise CellRefused("explanation", "copied", template)


def _bare(text: str) -> str:
    """Return the words without blanks and punctuation, by which two explanations are the same."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _answer(key: str, raw: object) -> str:
    if not _FINDING.fullmatch(key):
        raise CellRefused("explanation", "unknown_finding", gettext_noop("没有名为“%(key)s”的问题。"), key=key[:40])
    text = clean_text(raw, "explanation")
    if 0 < len(text) < SHORTEST_EXPLANATION:
        template = gettext_noop("说明只有 %(length)s 个字，请至少写 %(least)s 个字，说清原因。")
        raise CellRefused("explanation", "too_short", template, length=len(text), least=SHORTEST_EXPLANATION)
    return text
