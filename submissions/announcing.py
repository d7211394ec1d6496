"""Who is told of what is done to reports, months and files: those who file for the unit, but for who did it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import permissions
from accounts.models import ReportingUnit, User
from notices import telling
from notices.models import NoticeKind
from notices.telling import Letter, naming_person, naming_unit
from submissions import facts
from submissions.models import Decision, EvidenceFile, Extension, ImportJob, MonthlyReport, ReportingMonth, Verb
from targets import periods
from targets.models import ItemOwner

_KIND_OF_VERB = {
    Verb.RETURN: NoticeKind.RETURNED,
    Verb.REOPEN: NoticeKind.REOPENED,
    Verb.APPROVE: NoticeKind.APPROVED,
}


def announce_step(decision: Decision) -> None:
    """Tell the unit what was decided on its report; handing in settles what was asked of it."""
    verb, report = Verb(decision.verb), decision.report
    if verb == Verb.SUBMIT:
        telling.settle(subject_of(report.unit, report.month), now=decision.at)
    kind = _KIND_OF_VERB.get(verb)
    if kind is None or (verb == Verb.REOPEN and not report.is_editable):
        return  # a report under review is freed for its reviewer; the unit has nothing to do
    words = _naming(report.unit, report.month)
    if kind != NoticeKind.APPROVED:
        words |= naming_person(decision.by)
    letter = Letter(
        filers_of([report.unit])[report.unit.pk] - {decision.by_id},
        key=f"decision:{decision.pk}",
        subject=subject_of(report.unit, report.month),
        path=_address(report.unit, report.month) + (_first_cell(decision) if verb == Verb.RETURN else ""),
        words=words,
    )
    telling.tell(kind, [letter], now=decision.at)


def announce_asking(report: MonthlyReport, signers: Collection[int]) -> None:
    """Tell the unit's leads that a version is ready to be submitted, and lead them to its check."""
    letter = Letter(
        signers,
        key=f"signing:{report.pk}:{report.signing_asked_for}",
        subject=_signing_of(report),
        path=reverse("submissions:check", args=[report.month, report.unit.code]),
        words=_naming(report.unit, report.month) | naming_person(report.signing_asked_by),
    )
    telling.tell(NoticeKind.SIGNING_ASKED, [letter], now=report.signing_asked_at)


def settle_asking(reports: Iterable[MonthlyReport], *, now: datetime) -> None:
    """Note that the reports move on from what their leads were asked to sign; no statement where none was."""
    telling.settle_all([_signing_of(report) for report in reports if report.is_signing_asked], now=now)


def announce_opening(period: ReportingMonth, *, by: User, now: datetime) -> None:
    """Tell all who file that the month is open."""
    units = facts.due_units(period)
    words = {unit: {"due_on": str(period.due_on)} for unit in units}
    letters = letters_to(period, words, but=by.pk, key=f"opening:{period}:{now.date()}")
    telling.tell(NoticeKind.OPENED, letters.values(), now=now)


def announce_extension(given: Extension) -> None:
    """Tell the unit, or all, of the time they were given; who has handed in already needs none."""
    period = given.period
    units = facts.due_units(period) if given.unit is None else [given.unit]
    done = set(handed_in(period).values_list("unit_id", flat=True))
    words = {unit: {"until": str(given.until)} for unit in units if unit.pk not in done}
    letters = letters_to(period, words, but=given.granted_by_id, key=f"extension:{given.pk}")
    telling.tell(NoticeKind.EXTENDED, letters.values(), now=given.granted_at)


def announce_quarantine(report: MonthlyReport, file: EvidenceFile, *, now: datetime) -> None:
    """Tell the security administrators of a file that was kept apart, and the person who sent it."""
    key, by = f"evidence:{file.pk}", file.uploaded_by
    page = reverse("admin:submissions_evidencefile_change", args=[file.pk])
    telling.tell_security(key=key, path=page, file=file.name, by=by, now=now)
    place = f"{_address(report.unit, report.month)}#row.{file.milestone.code}"
    telling.tell_one(NoticeKind.QUARANTINED, by, key=key, path=place, file=file.name, now=now)


def announce_import(job: ImportJob, *, is_good: bool, now: datetime) -> None:
    """Tell who sent a file that it is done, or was not imported; each run of a job is an event of its own."""
    telling.tell_one(
        NoticeKind.IMPORTED if is_good else NoticeKind.IMPORT_FAILED,
        job.by,
        key=f"import:{job.pk}:{job.queued_at:%Y%m%d%H%M%S%f}",
        path=f"{reverse('submissions:imports')}#job-{job.pk}",
        file=job.name or job.get_kind_display(),
        now=now,
    )


def handed_in(period: ReportingMonth) -> QuerySet[MonthlyReport]:
    """Return the month's reports that ask nothing of their unit: under review or approved."""
    return MonthlyReport.objects.filter(period=period, status__in=["SUBMITTED", "APPROVED"])


def filers_of(units: Iterable[ReportingUnit]) -> dict[int, set[int]]:
    """Return who files (people's ids) by unit: clerks and leads; for the nation, who answers for items. ≤ 2 queries."""
    units = list(units)
    found = permissions.bureau_people(units)
    nation = next((unit for unit in units if unit.is_nation), None)
    if nation is not None:
        owners = ItemOwner.objects.in_force(timezone.localdate()).filter(user__is_active=True)
        found[nation.pk] = set(owners.values_list("user_id", flat=True))
    return found


def subject_of(unit: ReportingUnit, month: date) -> str:
    """Return the name of a unit's task of a month, as its notices carry it."""
    return f"{subjects_of(month)}{unit.code}"


def _signing_of(report: MonthlyReport) -> str:
    return f"signing:{periods.format_month(report.month)}:{report.unit.code}"


def subjects_of(month: date) -> str:
    """Return what the names of all tasks of a month begin with."""
    return f"report:{periods.format_month(month)}:"


def letters_to(
    period: ReportingMonth, words: Mapping[ReportingUnit, Mapping[str, str]], *, but: int | None, key: str
) -> dict[ReportingUnit, Letter]:
    """Return one letter per unit, each to its own people and its own report, but not to the person who acts."""
    people = filers_of(words)
    return {
        unit: Letter(
            people[unit.pk] - {but},
            key=f"{key}:{unit.code}",
            subject=subject_of(unit, period.month),
            path=_address(unit, period.month),
            words={**_naming(unit, period.month), **said},
        )
        for unit, said in words.items()
    }


def _naming(unit: ReportingUnit, month: date) -> dict[str, str]:
    return {**naming_unit(unit), "month": month.isoformat()}


def _address(unit: ReportingUnit, month: date) -> str:
    return reverse("submissions:report", args=[month, unit.code])


def _first_cell(decision: Decision) -> str:
    """Return the part of the address that leads to the first cell commented on; "" where none is."""
    first = decision.cell_comments.with_cells().first()
    return "" if first is None else f"#row.{first.cell}"
