"""What a browser posts beside what our pages send to an address: refused by name, and entered in the trail (F-27)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.models import ReportingUnit
from submissions import trail
from submissions.forms import CSRF_FIELD, LONGEST_NAME
from submissions.intake import InputRefused, unknown_field


class ForeignFields(InputRefused):
    """Fields that no page of ours sends; the sentence names them, for pages that show nothing else of a refusal."""

    http_status = 422

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__([unknown_field(name).at(name) for name in names])
        self.template, self.params = (
            gettext_lazy("本页没有这些字段，未保存任何内容：%(names)s。"),
            {"names": " · ".join(names)},
        )


def refuse_foreign(
    request: HttpRequest,
    action: str,
    carried: Iterable[str] = (),
    *,
    unit: ReportingUnit | None = None,
    month: date | None = None,
) -> None:
    """Let pass what a page of ours sends for the action, and leave a trace of anything else.

    :raises ForeignFields: there is a field besides ``carried``; every one is named.
    """
    known = {CSRF_FIELD, *carried}
    foreign = [name[:LONGEST_NAME] for name in (*request.POST, *request.FILES) if name not in known]
    if not foreign:
        return
    refusal = ForeignFields(foreign)
    trail.note_forged(refusal, unit, by=request.user, month=month, action=action)
    raise refusal


def fields_of(form: forms.Form) -> list[str]:
    """Return the fields of a form by the names they are posted under."""
    return [form.add_prefix(name) for name in form.fields]
