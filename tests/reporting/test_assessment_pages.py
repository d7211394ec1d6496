"""The pages of assessment through the client: who sees what and when, what is typed, what is refused, the download."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import AuditEntry
from reporting.assessment import grading, services
from reporting.assessment.intake import Adjustment
from reporting.assessment.pages import round_page
from reporting.models import Assessment, AssessmentLine, AssessmentProof, AssessmentRound
from submissions.models import EvidenceFile, MonthlyReport
from targets.models import Milestone
from tests import factories
from tests.reporting.assessed import NARRATIVE, NOW, checked, confirmed, filing_unit, handed_in, round_of, scheme
from tests.reporting.filings import refile, stand

pytestmark = pytest.mark.django_db

TODAY = date(2007, 10, 12)
ADDRESS = "/assessment/S1-Q3/110000/"


@pytest.fixture
def taken():
    factories.months_of_2007()
    return round_of(scheme())


@pytest.fixture
def units(taken):
    return [filing_unit("110000", jobs=720, name="北京"), filing_unit("120000", jobs=900, name="天津")]


@pytest.fixture
def leads(units):
    return [factories.person("LEAD", unit) for unit in units]


@pytest.fixture
def second(db):
    return factories.person("MINISTRY_REVIEWER", username="second")


@pytest.fixture
def published(taken, units, leads, ministry, second):
    """Both units assessed: Tianjin before Beijing."""
    for unit, lead in zip(units, leads, strict=True):
        confirmed(taken, unit, by=lead, reviewer=ministry, second=second)
    grading.publish(taken, by=ministry, now=NOW, n_confirmed=2)
    return taken


def signed_in(person: object, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def body(client: Client, path: str = ADDRESS) -> str:
    return client.get(path).content.decode()


TYPED = {"version": "0", "act": "save", "points.B1": "24.5", "narrative.B1": NARRATIVE}


# Who sees what ---------------------------------------------------------------------------------


def test_before_publication_a_bureau_sees_its_own_sheet_and_no_other(taken, units, leads, ministry):
    for unit, lead in zip(units, leads, strict=True):
        handed_in(taken, unit, by=lead)
    own, theirs = signed_in(leads[0]), signed_in(leads[1])

    assert own.get(ADDRESS).status_code == 200
    assert theirs.get(ADDRESS).status_code == 404
    assert [row.unit.code for row in theirs.get("/assessment/").context["page"].rows] == ["120000"]
    assert "北京" not in body(theirs, "/assessment/")
    assert theirs.get("/assessment/").context["page"].rows[0].grade == ""


def test_after_publication_all_grades_are_open_and_the_sheets_stay_with_their_units(published, units, leads):
    page = signed_in(leads[1]).get("/assessment/").context["page"]

    assert [(row.unit.code, row.rank, row.grade) for row in page.rows] == [
        ("120000", 1, "FAILED"),
        ("110000", 2, "FAILED"),
    ]
    assert [row.is_open for row in page.rows] == [True, False]
    assert signed_in(leads[1]).get(ADDRESS).status_code == 404
    assert signed_in(leads[0]).get(ADDRESS).status_code == 200


def test_the_ministry_sees_every_unit_and_what_would_follow(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0], points="30")

    page = signed_in(ministry).get("/assessment/").context["page"]

    assert [(row.unit.code, row.state, row.rank, row.grade) for row in page.rows] == [
        ("110000", "SUBMITTED", 1, "FAILED"),
        ("120000", "", None, ""),
    ]
    assert page.is_provisional
    assert page.rows[0].sections == (Decimal("37.5"), Decimal(30))


def test_who_handed_in_nothing_is_not_assessed(published, ministry):
    filing_unit("130000")

    row = signed_in(ministry).get("/assessment/").context["page"].rows[-1]

    assert (row.unit.code, row.rank, str(row.look.word)) == ("130000", None, "未参评")


def test_an_analyst_reads_what_is_final(taken, units, leads, ministry, second, analyst):
    handed_in(taken, units[1], by=leads[1])
    assert signed_in(analyst).get("/assessment/S1-Q3/120000/").status_code == 404
    confirmed(taken, units[0], by=leads[0], reviewer=ministry, second=second)

    assert signed_in(analyst).get(ADDRESS).status_code == 200
    assert [row.unit.code for row in signed_in(analyst).get("/assessment/").context["page"].rows] == ["110000"]


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_administrators_read_no_assessment(taken, units, role):
    client = signed_in(factories.person(role))

    for path in ("/assessment/", ADDRESS, "/export/assessment/"):
        assert client.get(path).status_code == 403
    assert client.post(ADDRESS + "fill/", TYPED).status_code == 403
    assert client.post(ADDRESS + "check/").status_code == 403
    assert client.post("/assessment/S1-Q3/publish/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/assessment/?round=NOPE", "/assessment/?round=%07", "/assessment/NOPE/110000/", "/assessment/S1-Q3/999999/",
        "/assessment/S1-Q3/000000/", "/export/assessment/?round=NOPE",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(taken, units, ministry, path):
    assert signed_in(ministry).get(path).status_code == 404


def test_a_round_that_has_not_opened_is_not_there_yet(taken, units, ministry):
    round_of(taken.scheme, "S1-Y", month=12, basis="YEAR", opens_on=date(2008, 1, 9))

    assert signed_in(ministry).get("/assessment/S1-Y/110000/").status_code == 404
    assert signed_in(ministry).get("/assessment/").context["page"].round == taken


def test_without_a_round_the_list_says_what_comes_next(db, ministry):
    assert "还没有开始的考核" in body(signed_in(ministry), "/assessment/")
    assert signed_in(ministry).get("/export/assessment/").status_code == 404


# The sheet -------------------------------------------------------------------------------------


def test_every_point_says_how_it_came_about_and_leads_to_what_is_behind_it(taken, units, leads):
    page = body(signed_in(leads[0]))

    assert "实际720人，要求900人：达到80.00%，40 × 80.00%。" in page
    assert "1个节点计分合计0：20 × 0 ÷ 1。" in page
    assert "迟报、补报或未报9次，每次扣0.5分，最多扣10分，从10分中扣除。" in page
    assert 'href="/indicators/X01/trace/?month=2007-09&amp;unit=110000"' in page
    assert 'href="/indicators/X01/reasons/?month=2007-09&amp;unit=110000"' in page
    assert 'href="/plan/items/1/?month=2007-09#milestones-title"' in page
    assert 'href="/reports/2007-09/110000/"' in page


def test_the_sheet_reads_naturally_in_english(taken, units, leads):
    page = body(signed_in(leads[0], "en"))

    assert "720 against 900 asked: 80.00% achieved, 40 × 80.00%." in page
    assert "9 × reports late, made up or missing, 0.5 each and at most 10, deducted from 10." in page
    assert "Letters were signed." in page


@pytest.mark.parametrize(
    ("jobs", "target", "words"),
    [
        (900, 1200, "实际900人，要求900人：达到要求，得满分。"),
        (400, 1200, "达到44.44%，低于起分线50.0%，不得分。"),
    ],
)
def test_a_target_reached_or_below_the_floor_says_so(taken, jobs, target, words):
    unit = filing_unit("130000", jobs=jobs, target=target)

    assert words in body(signed_in(factories.person("LEAD", unit)), "/assessment/S1-Q3/130000/")


def test_a_sheet_that_changed_since_it_was_handed_in_says_what_it_would_be(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])
    indicator = factories.IndicatorFactory(code="X01")
    refile(units[0], factories.MonthFactory(number=9), {indicator: 810}, by=ministry, at=NOW, reason="补报")

    assert "提交后数据有变化：按现在已通过的数据为 36.00 分。" in body(signed_in(ministry))


def test_what_the_unit_types_is_kept(taken, units, leads):
    answer = signed_in(leads[0]).post(ADDRESS + "fill/", TYPED)

    line = AssessmentLine.objects.get(criterion__kind="JUDGED")
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert (line.claimed, line.narrative) == (Decimal("24.5"), NARRATIVE)
    assert 'value="24.5"' in body(signed_in(leads[0]))


def test_a_lead_hands_in_and_may_take_it_back(taken, units, leads):
    client = signed_in(leads[0])

    client.post(ADDRESS + "fill/", {**TYPED, "act": "submit"})
    assert Assessment.objects.get().state == "SUBMITTED"
    client.post(ADDRESS + "withdraw/", {"version": "1"})

    assert Assessment.objects.get().state == "DRAFT"


def test_a_clerk_writes_and_does_not_hand_in(taken, units):
    client = signed_in(factories.person("CLERK", units[0]))
    page = body(client)
    assert "由本单位负责人提交。" in page

    answer = client.post(ADDRESS + "fill/", {**TYPED, "act": "submit"})

    assert answer.status_code == 403
    assert "24.5" in answer.content.decode()
    assert Assessment.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"points.B1": "三十"}, "points.B1"),
        ({"points.B1": "30.01"}, "points.B1"),
        ({"points.B1": "1.234"}, "points.B1"),
        ({"points.B1": "-1"}, "points.B1"),
        ({"narrative.B1": "长" * 2001}, "narrative.B1"),
        ({"narrative.B1": "\0"}, "narrative.B1"),
        ({"report.B1": "2006-12"}, "report.B1"),
        ({"evidence.B1": "nothing"}, "evidence.B1"),
        ({"act": "submit", "points.B1": ""}, "points.B1"),
        ({"act": "submit", "narrative.B1": "签了"}, "narrative.B1"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(taken, units, leads, typed, fault):
    sent = {**TYPED, **typed}

    answer = signed_in(leads[0]).post(ADDRESS + "fill/", sent)

    page = answer.context["page"]
    (line,) = (one for section in page.sections for one in section.lines if one.criterion.is_judged)
    assert answer.status_code == 422
    assert list(page.typed.faults) == [fault]
    assert (line.points.text, line.narrative.text) == (sent["points.B1"], sent["narrative.B1"])
    assert "错误：" in answer.content.decode().partition("</title>")[0]
    assert Assessment.objects.count() == 0


@pytest.mark.parametrize("version", ["7", "", "x", "９", "1" * 20])
def test_a_stale_version_keeps_what_was_typed(taken, units, leads, version):
    answer = signed_in(leads[0]).post(ADDRESS + "fill/", {**TYPED, "version": version})

    assert answer.status_code == 409
    assert 'value="24.5"' in answer.content.decode()


def test_filed_reports_and_evidence_are_named_as_proof(taken, units, leads):
    report = MonthlyReport.objects.get(unit=units[0])
    milestone = Milestone.objects.get()
    march = stand_with_file(units[0], milestone, leads[0])

    client = signed_in(leads[0])
    client.post(ADDRESS + "fill/", {**TYPED, "report.B1": ["2007-09"], "evidence.B1": [str(march.pk)]})

    assert set(AssessmentProof.objects.values_list("report", "evidence")) == {(report.pk, None), (None, march.pk)}
    page = body(client)
    assert f'value="{march.pk}" checked' in page
    client.post(ADDRESS + "fill/", {**TYPED, "version": "1", "act": "submit", "report.B1": ["2007-09"]})
    assert 'href="/reports/2007-09/110000/">2007年9月月报' in body(client)


def stand_with_file(unit: object, milestone: Milestone, by: object) -> EvidenceFile:
    """Return a file of an approved filing, as if it had been uploaded before."""
    report = factories.ReportFactory(unit=unit, period=factories.MonthFactory(number=3))
    file = EvidenceFile.objects.create(
        filing=report.filing, milestone=milestone, name="责任书.pdf", kind="PDF", size=9, digest="0" * 64,
        state="CLEAN", uploaded_by=by, uploaded_at=NOW, stored_as="0" * 32,
    )  # fmt: skip
    reviewer = factories.UserFactory()
    filing = report.filing
    type(filing).objects.filter(pk=filing.pk).update(
        outcome="APPROVED", submitted_by=by, submitted_at=NOW, decided_by=reviewer, decided_at=NOW
    )
    MonthlyReport.objects.filter(pk=report.pk).update(status="APPROVED", approved_filing=filing)
    return file


def test_another_units_report_cannot_be_named(taken, units, leads):
    stand(units[1], factories.MonthFactory(number=5), {})

    answer = signed_in(leads[0]).post(ADDRESS + "fill/", {**TYPED, "report.B1": ["2007-05"]})

    assert answer.status_code == 422


# Check, confirmation, publication --------------------------------------------------------------


def test_the_check_changes_points_with_a_reason(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])
    client = signed_in(ministry)

    answer = client.post(
        ADDRESS + "check/", {"version": "1", "points.B1": "20", "reason.B1": "两市未签。", "comment": ""}
    )

    assert answer.status_code == 302
    assert "核查由 24.00 分调整为 20.00 分：两市未签。" in body(client)
    assert Assessment.objects.get().total == Decimal("57.5")


def test_the_check_may_change_computed_points_too(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])

    signed_in(ministry).post(ADDRESS + "check/", {"version": "1", "points.A1": "30", "reason.A1": "口径有误。"})

    assert AssessmentLine.objects.get(criterion__kind="TARGET").points == 30


def test_changed_points_without_a_reason_are_refused(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])

    answer = signed_in(ministry).post(ADDRESS + "check/", {"version": "1", "points.B1": "20"})

    assert answer.status_code == 422
    assert list(answer.context["page"].typed.faults) == ["reason.B1"]
    assert 'value="20"' in answer.content.decode()


def test_the_same_points_are_no_change(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])

    signed_in(ministry).post(ADDRESS + "check/", {"version": "1", "points.B1": "24"})

    assert AssessmentLine.objects.filter(checked__isnull=False).count() == 0


def test_a_return_reaches_the_unit_with_its_reason(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])
    client = signed_in(ministry)
    refused = client.post(ADDRESS + "return/", {"version": "1", "comment": " "})
    assert refused.status_code == 422

    client.post(ADDRESS + "return/", {"version": "1", "comment": "请附责任书名单。"})

    assert "请附责任书名单。" in body(signed_in(leads[0]))


def test_the_checker_is_told_that_another_person_confirms(taken, units, leads, ministry, second):
    checked(taken, units[0], by=leads[0], reviewer=ministry)
    assert "须由另一位部审核人员确认" in body(signed_in(ministry))
    assert signed_in(ministry).post(ADDRESS + "confirm/", {"version": "2"}).status_code == 403

    answer = signed_in(second).post(ADDRESS + "confirm/", {"version": "2"})

    assert answer.status_code == 302
    assert Assessment.objects.get().state == "CONFIRMED"


def test_the_ministry_publishes_what_it_saw(taken, units, leads, ministry, second):
    confirmed(taken, units[0], by=leads[0], reviewer=ministry, second=second)
    client = signed_in(ministry)
    assert 'name="n_confirmed" value="1"' in body(client, "/assessment/")

    for wrong in ("2", "x", ""):
        assert client.post("/assessment/S1-Q3/publish/", {"n_confirmed": wrong}).status_code == 409
    answer = client.post("/assessment/S1-Q3/publish/", {"n_confirmed": "1"})

    assert answer["Location"] == "/assessment/?round=S1-Q3"
    assert AssessmentRound.objects.get().is_published


def test_what_waits_keeps_the_round_from_being_published(taken, units, leads, ministry):
    handed_in(taken, units[0], by=leads[0])
    client = signed_in(ministry)

    assert 'name="n_confirmed"' not in body(client, "/assessment/")
    assert client.post("/assessment/S1-Q3/publish/", {"n_confirmed": "0"}).status_code == 409


def test_a_cancelled_grade_is_told_everywhere(published, units, leads, ministry):
    client = signed_in(ministry)
    assert client.post(ADDRESS + "cancel/", {"comment": "假"}).status_code == 422

    client.post(ADDRESS + "cancel/", {"comment": "虚报培训人数。"})

    assert "虚报培训人数。" in body(signed_in(leads[0]))
    assert "等次已取消" in body(signed_in(leads[1]), "/assessment/")


def test_an_unknown_act_is_not_found(taken, units, ministry):
    assert signed_in(ministry).post(ADDRESS + "sing/").status_code == 404


def test_points_just_below_a_grade_never_show_as_having_reached_it(taken, units, leads, ministry, second):
    sheet = handed_in(taken, units[1], by=leads[1], points="30")
    milestones = AssessmentLine.objects.get(criterion__kind="MILESTONES")
    adjusted = {milestones.pk: Adjustment(Decimal("14.499999"), "核实。")}
    services.check(sheet, by=ministry, now=NOW, version=1, adjustments=adjusted)

    (row, _other) = round_page(ministry, taken, today=TODAY).rows

    assert (row.total, row.total_shown) == (Decimal("89.999999"), "89.99")


# The admin -------------------------------------------------------------------------------------


def criterion_fields(taken: AssessmentRound, **given: object) -> dict[str, object]:
    section = taken.scheme.sections.get(code="B")
    fields = {
        "section": section.pk, "number": "2", "name": "督查", "name_en": "Inspection", "weight": "3",
        "kind": "MILESTONES", "floor": "0", "tolerance": "0", "milestones": "M01-1", "credit_submitted": "0.8",
        "credit_in_progress": "0.6", "each": "0", "cap": "0",
    }  # fmt: skip
    return fields | given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        ({"milestones": "M99-1"}, "没有代码为“M99-1”的节点。"),
        ({"kind": "JUDGED"}, "请只填写该计分方式需要的内容"),
        ({"credit_submitted": "2"}, "写 0 到 1 之间的小数"),
    ],
)
def test_a_planner_adds_a_criterion_to_a_scheme_nobody_used(taken, units, planner, given, said):
    answer = signed_in(planner).post("/admin/reporting/assessmentcriterion/add/", criterion_fields(taken, **given))

    assert taken.scheme.sections.get(code="B").criteria.count() == (1 if said else 2)
    assert said in answer.content.decode()


def test_a_scheme_in_use_is_for_looking_at(taken, units, leads, planner):
    handed_in(taken, units[0], by=leads[0])
    client = signed_in(planner)

    added = client.post("/admin/reporting/assessmentcriterion/add/", criterion_fields(taken))
    changed = client.post(f"/admin/reporting/assessmentscheme/{taken.scheme_id}/change/", {"name": "别的"})

    assert (added.status_code, changed.status_code) == (200, 403)
    assert client.get(f"/admin/reporting/assessmentscheme/{taken.scheme_id}/change/").status_code == 200
    assert taken.scheme.sections.get(code="B").criteria.count() == 1


def test_a_planner_sets_rounds_and_what_they_measure_is_fixed_once_begun(taken, units, leads, planner):
    handed_in(taken, units[0], by=leads[0])
    client = signed_in(planner)
    fields = {
        "code": "S1-Q3", "name": "第三季度", "name_en": "Third quarter", "opens_on": "2007-10-08", "basis": "YEAR",
        "scheme": taken.scheme_id, "period": "2007-06-01",
    }  # fmt: skip

    client.post(f"/admin/reporting/assessmentround/{taken.pk}/change/", fields)

    taken.refresh_from_db()
    assert (taken.name, taken.basis, taken.period_id) == ("第三季度", "PATH", date(2007, 9, 1))
    assert AuditEntry.objects.filter(action="assessmentround.change").count() == 1


# The download ----------------------------------------------------------------------------------


def rows_of(client: Client, sheet: int) -> list[tuple]:
    answer = client.get("/export/assessment/?round=S1-Q3")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    found = list(book.worksheets[sheet].iter_rows(values_only=True))
    header = next(at for at, row in enumerate(found) if row[1] is not None)
    return found[header : header + 20]


def test_the_download_has_the_ranking_and_every_point(published, ministry):
    ranking = rows_of(signed_in(ministry), 0)
    points = rows_of(signed_in(ministry), 1)

    assert ranking[0][:7] == ("名次", "单位代码", "单位", "状态", "目标任务 70", "组织领导 30", "总分")
    assert ranking[1][:8] == (1, "120000", "天津", "已公布", 45.5, 24, 69.5, "不达标")
    assert points[1][:4] == ("120000", "天津", "A1", "指标1")
    assert points[5][8] == "实际720人，要求900人：达到80.00%，40 × 80.00%。"
    assert AuditEntry.objects.filter(action="export").count() == 2


def test_a_bureaus_download_holds_no_other_units_sheet(published, leads):
    ranking, points = (rows_of(signed_in(leads[0]), at) for at in (0, 1))

    assert [row[1] for row in ranking[1:3]] == ["120000", "110000"]
    assert {row[0] for row in points[1:] if row[2] is not None} == {"110000"}


def test_the_list_costs_the_same_for_two_units_and_for_five(taken, units, leads, ministry):
    counts = []
    for n in (0, 3):
        for number in range(n):
            unit = filing_unit(f"{13 + number}0000")
            handed_in(taken, unit, by=factories.person("LEAD", unit))
        with CaptureQueriesContext(connection) as counted:
            round_page(ministry, taken, today=TODAY)
        counts.append(len(counted))

    assert counts[0] == counts[1]
