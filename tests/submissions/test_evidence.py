"""Evidence at the milestones of a report: added, shown, handed out, removed, frozen, carried on, swept."""

from __future__ import annotations

import hashlib
import os
import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from notices.models import Notice
from submissions import services
from submissions.evidence import files, malware, store, taking
from submissions.evidence.refusals import EvidenceRefused, ScannerDown, StoreDown
from submissions.models import EvidenceFile, MonthlyReport, Release, ReportingMonth
from submissions.workflow import NotYourStep, TransitionNotAllowed
from tests import factories
from tests.factories import shanghai
from tests.submissions.evidence_samples import pdf, png
from tests.submissions.posting import ADDRESS, opened, text_of
from tests.submissions.test_models import violated
from workplan import checks

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 12)
FIGURES = {"T01": "310000", "T08": "1000000", "T04": ("46", "1000")}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def milestone(period):
    return factories.MilestoneFactory(code="M01-1")


@pytest.fixture
def draft(unit, period, clerk):
    return factories.file(unit, period, FIGURES, by=clerk, now=NOW)


@pytest.fixture
def evidence(draft, milestone, clerk):
    return add(draft, milestone, by=clerk)


def add(report, milestone, *, by, name="通知.pdf", content=None):
    return files.add(report, milestone, name=name, content=content or pdf(), by=by, now=NOW)


def sent(content: bytes, name: str = "通知.pdf", declared: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=declared)


def stored(folder) -> list[str]:
    return sorted(path.name for path in folder.glob("*/*"))


def now_of(report: MonthlyReport) -> MonthlyReport:
    return MonthlyReport.objects.get(pk=report.pk)


def submitted(report, lead):
    report = now_of(report)
    return services.submit(report, by=lead, now=NOW, version=report.version)


def approved(report, lead, ministry):
    report = submitted(report, lead)
    return services.approve(report, by=ministry, now=NOW, version=report.version)


def address_of(row: EvidenceFile) -> str:
    return f"{ADDRESS}evidence/{row.pk}/"


# Adding and removing ---------------------------------------------------------------------------


def test_a_file_is_kept_under_a_name_of_its_own_and_told_in_the_trail(draft, evidence, clerk, folder):
    entry = AuditEntry.objects.get(action="evidence.add")

    assert stored(folder) == [evidence.stored_as.hex]
    assert (evidence.name, evidence.kind, evidence.size, evidence.state) == ("通知.pdf", "PDF", len(pdf()), "CLEAN")
    assert (entry.actor, entry.details["milestone"], entry.details["sha256"]) == (clerk, "M01-1", evidence.digest)
    assert now_of(draft).version == draft.version + 1
    assert store.path_of(evidence.stored_as).stat().st_mode & 0o077 == 0


def test_the_first_file_begins_the_report(unit, period, milestone, clerk):
    row = add(services.report_for(unit, period), milestone, by=clerk)

    assert row.filing == MonthlyReport.objects.get(unit=unit, period=period).filing


@pytest.mark.parametrize("n_over", [0, 1])
def test_u01_the_limit_itself_is_taken_and_one_more_is_not(draft, milestone, clerk, settings, folder, n_over):
    settings.EVIDENCE_FILE_BYTES = len(pdf()) - n_over
    if not n_over:
        assert add(draft, milestone, by=clerk).is_clean
        return

    with pytest.raises(EvidenceRefused, match="文件超过") as refused:
        add(draft, milestone, by=clerk)

    assert refused.value.code == "too_large"
    assert stored(folder) == []


def test_u03_a_milestone_holds_so_many_files_and_no_more(draft, evidence, milestone, clerk, settings, folder):
    settings.EVIDENCE_FILES_PER_MILESTONE = 1

    with pytest.raises(EvidenceRefused) as refused:
        add(draft, milestone, by=clerk, name="图.png", content=png())

    assert str(refused.value) == "M01-1 已有 1 个文件，不能再多。请先移除不需要的文件，或合并为一个 PDF。"
    assert stored(folder) == [evidence.stored_as.hex]


def test_u03_the_quota_is_the_units_own_and_counts_what_is_carried_once(
    draft, evidence, milestone, clerk, lead, ministry, settings, unit
):
    settings.EVIDENCE_UNIT_BYTES = len(pdf()) + len(png()) - 1
    report = approved(draft, lead, ministry)
    corrected = services.correct(report, by=lead, now=NOW, version=report.version, comment="漏报一县")
    assert taking.n_bytes_of(unit, corrected.period.plan) == len(pdf())

    with pytest.raises(EvidenceRefused, match="全年佐证材料最多") as refused:
        add(corrected, milestone, by=clerk, name="图.png", content=png())

    assert refused.value.code == "quota"
    other = factories.UnitFactory(code="230000")
    neighbour = factories.person("CLERK", other)
    assert add(services.report_for(other, corrected.period), milestone, by=neighbour).is_clean


def test_u04_the_same_file_twice_is_kept_once(draft, evidence, milestone, clerk, folder):
    with pytest.raises(EvidenceRefused) as refused:
        add(draft, milestone, by=clerk, name="通知（副本）.pdf")

    assert str(refused.value) == "M01-1 已有内容相同的文件“通知.pdf”，没有再存一份。"
    assert stored(folder) == [evidence.stored_as.hex]


def test_removing_leaves_the_content_to_the_sweeper(draft, evidence, clerk, folder):
    files.remove(now_of(draft), evidence.pk, by=clerk, now=NOW)

    assert not EvidenceFile.objects.exists()
    assert AuditEntry.objects.get(action="evidence.remove").details["name"] == "通知.pdf"
    assert stored(folder) == [evidence.stored_as.hex]


@pytest.mark.parametrize("role", ["ANALYST", "PLANNER"])
def test_who_may_not_save_may_neither_add_nor_remove(draft, evidence, milestone, role):
    reader = factories.person(role)

    with pytest.raises(NotYourStep):
        add(draft, milestone, by=reader, name="图.png", content=png())
    with pytest.raises(NotYourStep):
        files.remove(now_of(draft), evidence.pk, by=reader, now=NOW)


def test_for_the_nation_only_the_owner_of_the_item_adds(period, analyst, planner, ministry):
    law = factories.MilestoneFactory(code="M28-1", actors=["M"], scope="NATIONAL", scope_count=1)
    other_item = factories.ItemFactory(number=2, heading="另一项")
    other = factories.MilestoneFactory(item=other_item, code="M02-1", actors=["M"], scope="NATIONAL", scope_count=1)
    law.item.owners.create(user=analyst, department="法制司", starts_on=date(2007, 1, 1), assigned_by=planner)
    report = services.report_for(factories.NationFactory(), period)

    assert add(report, law, by=analyst).is_clean
    with pytest.raises(services.NotYourItem):
        add(report, other, by=analyst)


# Frozen and carried on -------------------------------------------------------------------------


def test_from_submission_on_evidence_is_frozen(draft, evidence, milestone, clerk, lead):
    report = submitted(draft, lead)

    with pytest.raises(TransitionNotAllowed):
        add(report, milestone, by=clerk, name="图.png", content=png())
    with pytest.raises(TransitionNotAllowed):
        files.remove(report, evidence.pk, by=clerk, now=NOW)
    assert EvidenceFile.objects.get() == evidence


def test_below_the_models_too_evidence_is_frozen_with_its_filing(draft, evidence, lead):
    submitted(draft, lead)
    rows = EvidenceFile.objects.filter(pk=evidence.pk)
    copy = rows.get()
    copy.pk, copy.digest = uuid.uuid4(), "f" * 64

    for attempt in (
        lambda: rows.update(name="另一个.pdf"),
        lambda: rows._raw_delete(rows.db),
        lambda: copy.save(force_insert=True),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            attempt()
        assert violated(refused.value) == "submissions_evidence_is_frozen"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_evidence_state_is_known", {"state": "LOST", "reason": "x"}),
        ("submissions_evidence_kind_is_known", {"kind": "EXE"}),
        ("submissions_evidence_clean_is_of_a_kind", {"kind": ""}),
        ("submissions_evidence_quarantined_says_why", {"state": "QUARANTINED"}),
        ("submissions_evidence_quarantined_says_why", {"reason": "malware"}),
        ("submissions_evidence_is_not_empty", {"size": 0}),
        ("submissions_evidence_has_a_name", {"name": ""}),
        ("submissions_evidence_digest_is_sha256", {"digest": "0" * 63}),
    ],
)
def test_evidence_that_cannot_be_is_refused(evidence, name, change):
    with pytest.raises(IntegrityError) as refused:
        EvidenceFile.objects.filter(pk=evidence.pk).update(**change)

    assert violated(refused.value) == name


def test_the_same_content_twice_at_a_milestone_is_refused(evidence):
    evidence.pk = uuid.uuid4()

    with pytest.raises(IntegrityError) as refused:
        evidence.save(force_insert=True)

    assert violated(refused.value) == "submissions_evidence_once_per_milestone"


def test_a_correction_begins_with_what_was_proven(draft, evidence, lead, ministry, folder):
    report = approved(draft, lead, ministry)

    corrected = services.correct(report, by=lead, now=NOW, version=report.version, comment="漏报一县")

    carried = corrected.filing.evidence.get()
    assert (carried.pk != evidence.pk, carried.stored_as, carried.name) == (True, evidence.stored_as, "通知.pdf")
    assert corrected.filing.release == Release.FLASH
    assert stored(folder) == [evidence.stored_as.hex]


# Malware ---------------------------------------------------------------------------------------


def test_u09_the_test_file_is_set_apart_and_told(client, draft, milestone, clerk, lead, ministry):
    client.force_login(clerk)

    answer = client.post(
        ADDRESS, {**opened(client), "evidence.M01-1": sent(b"\n" + malware.EICAR, "发票.pdf")}, follow=True
    )

    row = EvidenceFile.objects.get()
    entry = AuditEntry.objects.get(action="evidence.quarantined")
    assert "“发票.pdf”含有病毒特征，已隔离" in text_of(answer)
    assert (row.state, row.kind, row.reason) == ("QUARANTINED", "", "malware")
    assert (entry.actor, entry.details["name"]) == (clerk, "发票.pdf")
    assert "已隔离" in text_of(client.get(ADDRESS))
    assert client.get(address_of(row)).status_code == 404
    security = factories.person("SECURITY_ADMIN")
    client.force_login(security)
    assert "发票.pdf" in text_of(client.get("/admin/submissions/evidencefile/"))
    assert "M01-1" in text_of(client.get(f"/admin/submissions/evidencefile/{row.pk}/change/"))
    report = approved(draft, lead, ministry)
    assert not services.correct(report, by=lead, now=NOW, version=report.version, comment="x").filing.evidence.exists()


def test_u09_uploader_and_security_are_told_each_with_their_way(client, draft, milestone, clerk):
    security = factories.person("SECURITY_ADMIN")

    row = add(draft, milestone, by=clerk, name="发票.pdf", content=malware.EICAR)

    theirs, own = Notice.objects.get(recipient=security), Notice.objects.get(recipient=clerk)
    assert (theirs.kind, own.kind) == ("SECURITY", "QUARANTINED")
    assert own.path == f"{ADDRESS}#row.M01-1"
    client.force_login(security)
    assert "发票.pdf" in text_of(client.get(theirs.path))
    add(draft, milestone, by=clerk, name="好的.pdf")
    assert Notice.objects.count() == 2
    assert row.reason == "malware"


@pytest.fixture
def scanner(settings, tmp_path):
    """Return how to stand a scanner in that answers with an exit code."""

    def stand_in(body: str) -> None:
        script = tmp_path / "scan"
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o700)
        settings.SCAN_COMMAND = f"{script} --quiet"

    return stand_in


def test_u09_the_scanner_of_the_place_decides(draft, milestone, clerk, scanner):
    scanner('grep -q Catalog "$2" && exit 1; exit 0')

    assert add(draft, milestone, by=clerk).state == "QUARANTINED"
    assert add(draft, milestone, by=clerk, name="图.png", content=png()).state == "CLEAN"


@pytest.mark.parametrize("body", ["exit 2", "exec sleep 5"])
def test_without_an_answer_of_the_scanner_nothing_is_kept(draft, milestone, clerk, scanner, settings, folder, body):
    settings.SCAN_SECONDS = 0.5
    scanner(body)

    with pytest.raises(ScannerDown):
        add(draft, milestone, by=clerk)

    assert (stored(folder), EvidenceFile.objects.count()) == ([], 0)


# The store -------------------------------------------------------------------------------------


def test_u08_without_a_store_no_row_is_left(client, draft, milestone, clerk, folder):
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("not a folder")
    client.force_login(clerk)

    answer = client.post(ADDRESS, {**opened(client), "evidence.M01-1": sent(pdf())})

    assert answer.status_code == 503
    assert "文件库暂时不可用，文件没有保存" in text_of(answer)
    assert not EvidenceFile.objects.exists()


def test_a_refused_upload_leaves_its_trace(client, draft, milestone, clerk):
    client.force_login(clerk)
    content = b"<html>"

    client.post(ADDRESS, {**opened(client), "evidence.M01-1": sent(content, "通知.pdf.exe")})

    entry = AuditEntry.objects.get(action="evidence.add.refused")
    told = {name: entry.details[name] for name in ("unit", "milestone", "name", "size")}
    assert told == {"unit": "440000", "milestone": "M01-1", "name": "通知.pdf.exe", "size": len(content)}
    assert entry.details["file"] == hashlib.sha256(content).hexdigest()
    assert (entry.actor, bool(entry.details["code"])) == (clerk, True)


def test_u08_when_the_row_fails_no_file_is_left(draft, milestone, clerk, folder, monkeypatch):
    def lost(*_args: object, **_options: object) -> None:
        raise DatabaseError("the connection is gone")

    monkeypatch.setattr(files.audit, "record", lost)

    with pytest.raises(DatabaseError):
        add(draft, milestone, by=clerk)

    assert (stored(folder), EvidenceFile.objects.count()) == ([], 0)


def test_a_write_that_breaks_off_leaves_no_part_of_a_file(folder, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StoreDown):
        store.write(uuid.uuid4(), pdf())

    assert stored(folder) == []


def test_what_cannot_be_read_is_told(client, evidence, clerk):
    store.path_of(evidence.stored_as).unlink()
    client.force_login(clerk)

    answer = client.get(address_of(evidence))

    assert answer.status_code == 503
    assert "文件库暂时不可用，文件没有取出" in text_of(answer)


def test_the_sweeper_removes_what_nobody_points_to(evidence, folder, capsys):
    orphan, fresh = uuid.uuid4(), uuid.uuid4()
    for key in (orphan, fresh):
        store.write(key, png())
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    for key in (orphan, evidence.stored_as):
        os.utime(store.path_of(key), (old, old))

    call_command("sweep_files")
    assert len(stored(folder)) == 3
    call_command("sweep_files", delete=True)

    assert stored(folder) == sorted([evidence.stored_as.hex, fresh.hex])
    assert capsys.readouterr().out.splitlines()[1::2] == ["1 orphans found.", "1 orphans removed."]


def test_what_the_sweeper_cannot_remove_it_leaves(folder):
    store.remove(folder)
    folder.mkdir(parents=True)

    store.remove(folder)

    assert folder.exists()


@pytest.mark.parametrize(("inside", "n_errors"), [("MEDIA_ROOT", 1), ("STATIC_ROOT", 1), ("VAR_DIR", 0)])
def test_a_public_folder_is_refused_at_the_start(settings, inside, n_errors):
    settings.FILES_DIR = getattr(settings, inside) / "files"

    assert len(checks.evidence_has_no_address(None)) == n_errors


# The form --------------------------------------------------------------------------------------


def test_the_form_tells_the_limits_before_a_file_is_chosen(client, draft, milestone, clerk):
    client.force_login(clerk)

    page = text_of(client.get(ADDRESS))

    assert 'enctype="multipart/form-data"' in page
    assert "每个不超过 10 MB，每个节点最多 10 个；本单位全年已用 0.0 / 300 MB" in page
    assert 'accept=".pdf,.docx,.xlsx,.jpg,.jpeg,.png"' in page


def test_a_file_comes_with_whatever_else_was_typed(client, draft, milestone, clerk):
    """U-02: the declared type says nothing."""
    client.force_login(clerk)
    typed = {**opened(client), "milestone.M01-1.note": "已发文", "milestone.M01-1.state": "IN_PROGRESS"}

    answer = client.post(ADDRESS, {**typed, "evidence.M01-1": sent(pdf(), declared="text/html")})

    report = now_of(draft)
    assert answer.headers["Location"].endswith("#row.M01-1")
    assert report.filing.milestones.get().note == "已发文"
    assert report.filing.evidence.get().name == "通知.pdf"
    page = text_of(client.get(ADDRESS))
    assert "已上传“通知.pdf”" in page
    assert f'href="{address_of(report.filing.evidence.get())}"' in page


def test_a_refused_file_costs_nothing_that_was_typed(client, draft, milestone, clerk):
    client.force_login(clerk)
    typed = {**opened(client), "figure.T01.value": "320000"}

    answer = client.post(ADDRESS, {**typed, "evidence.M01-1": sent(b"<html>")})

    assert answer.status_code == 422
    assert "这是网页、SVG 或 XML 文件，不作为佐证材料。请打印为 PDF 后再上传。" in text_of(answer)
    assert now_of(draft).filing.figures.get(indicator__code="T01").value == 320_000


def test_a_faulty_cell_keeps_the_file_waiting_and_says_so(client, draft, milestone, clerk):
    client.force_login(clerk)

    answer = client.post(
        ADDRESS, {**opened(client), "figure.T01.value": "三十", "evidence.M01-1": sent(pdf())}, follow=True
    )

    assert answer.status_code == 422
    assert "佐证材料没有处理。请先更正下面所列之处，再选一次文件。" in text_of(answer)
    assert not EvidenceFile.objects.exists()


def test_a_file_is_removed_on_the_form(client, draft, evidence, clerk):
    client.force_login(clerk)
    assert f'name="remove" value="{evidence.pk}"' in text_of(client.get(ADDRESS))

    answer = client.post(ADDRESS, {**opened(client), "remove": str(evidence.pk)}, follow=True)

    assert "已移除“通知.pdf”" in text_of(answer)
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize("key", ["x", str(uuid.UUID(int=1))])
def test_removing_what_is_not_there_is_not_found(client, draft, clerk, key):
    client.force_login(clerk)

    assert client.post(ADDRESS, {**opened(client), "remove": key}).status_code == 404


def test_a_file_for_a_milestone_of_others_is_not_found(client, draft, clerk):
    client.force_login(clerk)

    assert client.post(ADDRESS, {**opened(client), "evidence.M99-9": sent(pdf())}).status_code == 404


def test_u01_of_a_file_beyond_every_limit_the_rest_is_read_past(client, draft, milestone, clerk, settings):
    settings.UPLOAD_CEILING_BYTES = settings.EVIDENCE_FILE_BYTES = 100_000
    client.force_login(clerk)

    answer = client.post(ADDRESS, {**opened(client), "evidence.M01-1": sent(pdf() + b"x" * 900_000)})

    assert answer.status_code == 422
    assert "文件超过 0.1 MB" in text_of(answer)
    assert answer.wsgi_request.FILES["evidence.M01-1"].size < 300_000


# Handing out -----------------------------------------------------------------------------------


def test_u05_a_file_is_saved_and_never_shown(client, evidence, clerk):
    client.force_login(clerk)

    answer = client.get(address_of(evidence))

    assert b"".join(answer.streaming_content) == pdf()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_u07_a_name_splits_no_header(client, draft, milestone, clerk):
    row = add(draft, milestone, by=clerk, name='通知"\r\nSet-Cookie: x".pdf')
    client.force_login(clerk)

    disposition = client.get(address_of(row)).headers["Content-Disposition"]

    assert disposition == "attachment; filename*=utf-8''%E9%80%9A%E7%9F%A5_Set-Cookie_%20x_.pdf"


def test_u06_without_a_session_the_address_is_worth_nothing(client, evidence):
    answer = client.get(address_of(evidence))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/")


@pytest.mark.parametrize(
    ("role", "code", "draft_open", "approved_open"),
    [
        ("CLERK", "440000", 200, 200),
        ("CLERK", "230000", 404, 404),
        ("LEAD", "230000", 404, 404),
        ("ANALYST", None, 404, 200),
        ("PLANNER", None, 200, 200),
        ("MINISTRY_REVIEWER", None, 200, 200),
        ("SYSTEM_ADMIN", None, 404, 404),
        ("SECURITY_ADMIN", None, 404, 404),
        ("AUDITOR", None, 404, 404),
    ],
)
def test_u06_only_who_may_open_the_report_gets_its_files(
    client, draft, evidence, lead, ministry, role, code, draft_open, approved_open
):
    client.force_login(factories.person(role, code and factories.UnitFactory(code=code)))

    assert client.get(address_of(evidence)).status_code == draft_open
    approved(draft, lead, ministry)
    assert client.get(address_of(evidence)).status_code == approved_open


def test_u06_of_a_correction_in_work_others_see_what_is_in_force(client, draft, evidence, lead, ministry, analyst):
    report = approved(draft, lead, ministry)
    corrected = services.correct(report, by=lead, now=NOW, version=report.version, comment="漏报一县")
    client.force_login(analyst)

    assert client.get(address_of(evidence)).status_code == 200
    assert client.get(address_of(corrected.filing.evidence.get())).status_code == 404


def test_u06_a_file_is_not_found_under_another_report(client, unit, evidence, clerk):
    client.force_login(clerk)

    assert client.get(f"/reports/2007-08/440000/evidence/{evidence.pk}/").status_code == 404
    assert client.get(f"{ADDRESS}evidence/{uuid.uuid4()}/").status_code == 404


# Where it is shown -----------------------------------------------------------------------------


def test_the_reviewer_and_the_item_page_show_it(client, draft, evidence, lead, ministry, analyst, unit):
    submitted(draft, lead)
    client.force_login(ministry)
    assert f'href="{address_of(evidence)}"' in text_of(client.get(ADDRESS))
    item = "/plan/items/1/?month=2007-09"
    assert address_of(evidence) not in text_of(client.get(item))

    report = now_of(draft)
    services.approve(report, by=ministry, now=NOW, version=report.version)

    client.force_login(analyst)
    assert address_of(evidence) not in text_of(client.get(item))  # a file alone says nothing of the milestone


def test_an_approved_state_is_proven_on_the_item_page(client, draft, evidence, milestone, lead, ministry, clerk):
    report = now_of(draft)
    report.filing.milestones.create(milestone=milestone, state="IN_PROGRESS", note="已发文")
    approved(report, lead, ministry)
    ReportingMonth.objects.update(published_at=NOW, published_by=ministry)
    item = "/plan/items/1/?month=2007-09"
    neighbour = factories.person("CLERK", factories.UnitFactory(code="230000"))

    for person, is_shown in ((ministry, True), (clerk, True), (neighbour, False)):
        client.force_login(person)
        assert (address_of(evidence) in text_of(client.get(item))) is is_shown


def test_what_was_proven_earlier_in_the_year_stands_beside(client, unit, period, milestone, clerk):
    august = services.report_for(unit, factories.MonthFactory(number=8))
    row = add(august, milestone, by=clerk)
    client.force_login(clerk)

    page = text_of(client.get(ADDRESS))

    assert f'href="/reports/2007-08/440000/evidence/{row.pk}/"' in page
    assert "· 8月</span>" in page
    assert 'name="remove"' not in page


def test_programs_read_name_size_state_and_address(client, draft, evidence, clerk):
    client.force_login(clerk)

    told = client.get("/api/v1/reports/2007-09/440000/").json()["milestones"][0]["evidence"]

    assert told == [{"name": "通知.pdf", "size": len(pdf()), "state": "clean", "url": address_of(evidence)}]


@pytest.mark.parametrize("n_files", [1, 3])
def test_the_form_reads_many_files_like_one(client, draft, milestone, clerk, n_files, django_assert_max_num_queries):
    for number in range(n_files):
        add(draft, milestone, by=clerk, name=f"{number}.pdf", content=pdf(b"/N %d " % number))
    client.force_login(clerk)
    client.get(ADDRESS)

    with django_assert_max_num_queries(45) as counted:
        client.get(ADDRESS)

    assert sum("submissions_evidencefile" in one["sql"] for one in counted.captured_queries) == 2
