"""Files handed in with an assessment: taken like evidence of milestones, shown to the check, open with the sheet."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from notices.models import Notice
from reporting.assessment import proving, services
from reporting.assessment.workflow import AssessmentRefused
from reporting.models import Assessment, AssessmentFile, AssessmentRound
from submissions.evidence import malware, taking
from submissions.evidence.refusals import EvidenceRefused
from tests import factories
from tests.reporting.assessed import NARRATIVE, NOW, answers, filing_unit, round_of, scheme
from tests.reporting.test_assessment_pages import signed_in
from tests.submissions.evidence_samples import pdf
from tests.submissions.test_models import violated

pytestmark = pytest.mark.django_db
ADDRESS = "/assessment/S1-Q3/110000/"
TYPED = {"version": "0", "points.B1": "24.5", "narrative.B1": NARRATIVE}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def taken(db) -> AssessmentRound:
    factories.NationFactory()
    return round_of(scheme())


@pytest.fixture
def unit(taken):
    return filing_unit("110000", name="北京")


@pytest.fixture
def lead(unit):
    return factories.person("LEAD", unit, username="lead")


@pytest.fixture
def draft(taken, unit, lead) -> Assessment:
    return services.save(services.sheet_for(taken, unit), by=lead, now=NOW, version=0, answers=answers(taken, "24.5"))


def add(draft: Assessment, by: object, name: str = "责任书.pdf", content: bytes | None = None) -> AssessmentFile:
    return proving.add(draft, "B1", name=name, content=pdf() if content is None else content, by=by, now=NOW)


def sent(content: bytes, name: str = "责任书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_a_file_is_taken_with_what_is_written_and_open_to_the_check(taken, unit, lead, ministry):
    client = signed_in(lead)

    client.post(f"{ADDRESS}fill/", {**TYPED, "act": "submit", "file.B1": sent(pdf())})

    file = AssessmentFile.objects.select_related("line__assessment").get()
    assert (file.line.assessment.state, file.line.narrative, file.kind) == ("SUBMITTED", NARRATIVE, "PDF")
    path = f"{ADDRESS}files/{file.pk}/"
    assert f'href="{path}"' in signed_in(ministry).get(ADDRESS).content.decode()
    answer = signed_in(ministry).get(path)
    assert b"".join(answer.streaming_content) == pdf()
    assert (answer["X-Content-Type-Options"], answer["Content-Disposition"][:10]) == ("nosniff", "attachment")
    told = signed_in(ministry).get("/api/v1/assessment/results/S1-Q3/110000/").json()["lines"][-1]["files"]
    assert told == [{"name": "责任书.pdf", "size": len(pdf()), "state": "clean", "url": path}]


def test_u06_a_file_is_open_with_its_sheet_and_to_nobody_else(draft, unit, lead, ministry, analyst):
    """The unit and the check have it; an analyst not before the result is final, another bureau never."""
    file = add(draft, lead)
    others = filing_unit("120000", name="天津")
    people = {
        "clerk": factories.person("CLERK", unit),
        "ministry": ministry,
        "analyst": analyst,
        "other": factories.person("LEAD", others, username="other"),
        "audit": factories.person("AUDITOR"),
        "security": factories.person("SECURITY_ADMIN"),
    }

    got = {name: signed_in(person).get(f"{ADDRESS}files/{file.pk}/").status_code for name, person in people.items()}

    assert got == {"clerk": 200, "ministry": 200, "analyst": 404, "other": 404, "audit": 403, "security": 403}
    lines = f"/assessment/S1-Q3/120000/files/{file.pk}/", f"/assessment/S1-Q9/110000/files/{file.pk}/"
    assert [signed_in(ministry).get(path).status_code for path in lines] == [404, 404]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.pdf", b"", "empty"), ("a.pdf.exe", b"MZ", "is_program"), ("a.png", pdf(), "name_lies")],
)
def test_u02_what_a_file_is_its_content_decides_and_what_was_written_is_kept(taken, unit, lead, name, content, code):
    """U-01, U-02: the refusal stands at its field; the words beside it are stored, of the file nothing is."""
    answer = signed_in(lead).post(f"{ADDRESS}fill/", {**TYPED, "act": "save", "file.B1": sent(content, name)})

    assert answer.status_code == 422
    assert 'id="file.B1" name="file.B1"' in answer.content.decode()
    assert answer.content.decode().count("有一个文件没有收下，其他内容已保存。") == 1
    assert (AssessmentFile.objects.count(), Assessment.objects.get().lines.get(claimed=24.5).narrative) == (
        0,
        NARRATIVE,
    )
    entry = AuditEntry.objects.get(action="evidence.add.refused")
    assert (entry.details["code"], entry.details["criterion"]) == (code, "B1")


def test_u09_a_harmful_file_is_kept_apart_and_told_of(draft, lead, ministry):
    guard = factories.person("SECURITY_ADMIN")

    file = add(draft, lead, "a.pdf", pdf(malware.EICAR))

    assert (file.state, file.reason) == ("QUARANTINED", "malware")
    assert signed_in(ministry).get(f"{ADDRESS}files/{file.pk}/").status_code == 404
    assert "已隔离" in signed_in(ministry).get(ADDRESS).content.decode()
    assert {one.recipient for one in Notice.objects.all()} == {guard, lead}
    assert file.name in signed_in(guard).get(f"/admin/reporting/assessmentfile/{file.pk}/change/").content.decode()


def test_u03_the_room_of_a_unit_holds_all_its_evidence(draft, unit, lead, settings):
    settings.EVIDENCE_UNIT_BYTES = len(pdf()) + 1
    add(draft, lead)

    with pytest.raises(EvidenceRefused, match="放不下这个文件"):
        add(draft, lead, content=pdf(b"%more"))
    with pytest.raises(EvidenceRefused, match="已有内容相同的文件"):
        add(draft, lead, "again.pdf")
    assert taking.n_bytes_of(unit, draft.round.scheme.plan) == len(pdf())


def test_a_file_is_removed_while_the_unit_writes_and_swept_after(draft, lead, folder):
    file = add(draft, lead)
    assert list(taking.orphans(factories.shanghai(2100, 1, 1))) == []

    page = signed_in(lead).post(f"{ADDRESS}fill/", {**TYPED, "version": draft.version, "remove": f"{file.pk}"})

    assert (page.status_code, AssessmentFile.objects.count()) == (302, 0)
    assert len(list(taking.orphans(factories.shanghai(2100, 1, 1)))) == 1
    actions = AuditEntry.objects.filter(action__startswith="evidence.").order_by("number")
    assert list(actions.values_list("action", flat=True)) == ["evidence.add", "evidence.remove"]


def test_what_was_handed_in_keeps_its_files(draft, taken, unit, lead):
    file = add(draft, lead)
    sheet = services.submit(draft, by=lead, now=NOW, version=draft.version, answers=answers(taken))

    with pytest.raises(AssessmentRefused):
        add(sheet, lead, "b.pdf", pdf(b"%b"))
    with pytest.raises(AssessmentRefused):
        proving.remove(sheet, file.pk, by=lead, now=NOW)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        AssessmentFile.objects.all().delete()
    assert violated(error.value) == "reporting_assessmentfile_is_kept"


def test_whoever_does_not_write_the_sheet_adds_no_file(draft, ministry):
    with pytest.raises(AssessmentRefused):
        add(draft, ministry)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "LOST", "reason": "x"}, "reporting_assessmentfile_state_is_known"),
        ({"kind": "EXE"}, "reporting_assessmentfile_kind_is_known"),
        ({"kind": ""}, "reporting_assessmentfile_clean_is_of_a_kind"),
        ({"reason": "malware"}, "reporting_assessmentfile_quarantined_says_why"),
        ({"size": 0}, "reporting_assessmentfile_is_not_empty"),
        ({"name": ""}, "reporting_assessmentfile_has_a_name"),
        ({"digest": "x"}, "reporting_assessmentfile_digest_is_sha256"),
        ({}, "reporting_assessmentfile_once_per_line"),
    ],
)
def test_the_database_refuses_a_file_that_cannot_be(draft, lead, fields, constraint):
    given = {
        "line": draft.lines.get(claimed=24.5), "name": "a.pdf", "kind": "PDF", "size": 1, "digest": "0" * 64,
        "state": "CLEAN", "uploaded_by": lead, "uploaded_at": NOW, "stored_as": "0" * 32,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AssessmentFile.objects.bulk_create([AssessmentFile(**given | fields) for _time in range(1 if fields else 2)])
