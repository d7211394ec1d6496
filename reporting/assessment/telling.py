"""Who is told of a sheet: the ministry of what waits for it, the unit of what came back or is out. No points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from accounts import permissions
from accounts.models import Role, User
from notices import telling
from notices.models import NoticeKind
from notices.telling import Letter, naming_person, naming_unit
from reporting.assessment.models import Assessment, AssessmentFile, AssessmentVerb


def tell_of(verb: AssessmentVerb, sheet: Assessment, *, by: User, now: datetime) -> None:
    """Settle what the sheet asked for so far, and tell whoever it asks something of now; saving asks nothing."""
    if verb == AssessmentVerb.SAVE:
        return
    telling.settle(subject_of(sheet), now=now)
    if verb == AssessmentVerb.RETURN:
        people = permissions.bureau_people([sheet.unit])[sheet.unit_id]
        _tell(NoticeKind.SHEET_RETURNED, sheet, people, naming_person(by), now=now)
    elif verb == AssessmentVerb.SUBMIT:
        _tell(NoticeKind.SHEET_SUBMITTED, sheet, _reviewers(by), {}, now=now)
    elif verb == AssessmentVerb.CHECK:
        _tell(NoticeKind.SHEET_CHECKED, sheet, _reviewers(by), naming_person(by), now=now)


def tell_of_grades(sheets: Sequence[Assessment], *, now: datetime) -> None:
    """Tell the people of each unit that its result is out."""
    people = permissions.bureau_people([one.unit for one in sheets])
    letters = [_letter(one, people[one.unit_id], {}) for one in sheets]
    telling.tell(NoticeKind.GRADED, letters, now=now)


def tell_of_quarantine(sheet: Assessment, file: AssessmentFile, *, now: datetime) -> None:
    """Tell the security administrators of a file that was kept apart, and the person who sent it."""
    key, by = f"evidence:{file.pk}", file.uploaded_by
    page = reverse("admin:reporting_assessmentfile_change", args=[file.pk])
    telling.tell_security(key=key, path=page, file=file.name, by=by, now=now)
    place = reverse("reporting:assessment", args=[sheet.round.code, sheet.unit.code])
    telling.tell_one(NoticeKind.QUARANTINED, by, key=key, path=place, file=file.name, now=now)


def subject_of(sheet: Assessment) -> str:
    return f"assessment:{sheet.pk}"


def _reviewers(by: User) -> set[int]:
    """Return the ministry's reviewers (ids) but the one who took the step."""
    return permissions.holders(Role.MINISTRY_REVIEWER) - {by.pk}


def _tell(kind: NoticeKind, sheet: Assessment, people: set[int], words: dict[str, str], *, now: datetime) -> None:
    telling.tell(kind, [_letter(sheet, people, words)], now=now)


def _letter(sheet: Assessment, people: set[int], words: dict[str, str]) -> Letter:
    return Letter(
        people,
        key=f"{subject_of(sheet)}:{sheet.version}",
        subject=subject_of(sheet),
        path=reverse("reporting:assessment", args=[sheet.round.code, sheet.unit.code]),
        words=naming_unit(sheet.unit) | words,
    )
