"""Asking the unit's lead to sign, as the pages offer it: who would be told, or that there is nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from submissions import signing, workflow
from submissions.models import MonthlyReport


@dataclass(frozen=True)
class Asking:
    """Whom the person can ask to sign the report; nobody where the unit has no lead."""

    signers: Sequence[User]

    @property
    def names(self) -> str:
        return _("、").join(person.label for person in self.signers)


def asking_of(report: MonthlyReport, *, person: User, today: date) -> Asking | None:
    """Return what the page offers; None to whom it is not open, such as who may submit."""
    if not workflow.may_ask(report, by=person, today=today):
        return None
    return Asking(list(User.objects.filter(pk__in=signing.signers_of(report.unit)).order_by("pk")))
