"""A clerk asks the unit's lead to sign: who may, what keeps it back, told once, over with the version, no figure."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Role
from notices import sending
from notices.models import MailOut, Notice
from submissions import batches, blocking, calendar, services, signing, workflow
from submissions.evidence import files
from submissions.intake import FigureInput
from submissions.models import MonthlyReport, ReportingMonth, ReportStatus
from submissions.signing import ask_to_sign
from submissions.statement import shown_to
from targets.models import Indicator
from tests import factories
from tests.factories import approved, file, shanghai
from tests.submissions.evidence_samples import pdf
from tests.submissions.posting import ADDRESS, opened, text_of
from tests.submissions.racing import at_once
from workplan.lib.refusals import Refused

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
FIGURES = {"T01": "310000", "T08": "1010000", "T04": ("46", "1000")}
CHECK = f"{ADDRESS}check/"
ASK = f"{ADDRESS}ask-to-sign/"


@pytest.fixture
def draft(unit, period, lead, clerk):
    """September of Guangdong, filled in by the clerk."""
    return file(unit, period, FIGURES, by=clerk, now=NOW)


@pytest.fixture
def asked(draft, clerk):
    return ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)


def told() -> list[str]:
    notices = Notice.objects.filter(kind="SIGNING_ASKED").order_by("recipient__username", "id")
    return list(notices.values_list("recipient__username", flat=True))


def waiting() -> int:
    return Notice.objects.filter(kind="SIGNING_ASKED").unread().count()


# Who may ask -----------------------------------------------------------------------------------

#: role → held over which unit → whether its holder may ask Guangdong's lead to sign, in a state.
EDITABLE = {ReportStatus.DRAFT, ReportStatus.RETURNED}


@pytest.mark.parametrize("status", ReportStatus.values)
@pytest.mark.parametrize("at", ["440000", "230000"])
@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.KIOSK])
def test_the_clerks_of_the_unit_may_ask_while_it_is_filled_in_and_nobody_else(draft, role, at, status):
    is_bureau = role in {Role.CLERK, Role.LEAD}
    unit = draft.unit if at == "440000" else factories.UnitFactory(code=at)
    who = factories.person(role, unit if is_bureau else None)
    draft.status = status

    expected = role == Role.CLERK and at == "440000" and status in EDITABLE
    assert workflow.may_ask(draft, by=who, today=NOW.date()) is expected


@pytest.mark.parametrize(
    ("who", "code", "sentence"),
    [
        ("lead", "not_permitted", "您可以直接报送，不需要请负责人审签。"),
        ("ministry", "not_permitted", "您可以直接报送，不需要请负责人审签。"),
        ("planner", "not_permitted", "只有本单位的填报人可以请负责人审签。"),
    ],
)
def test_who_may_submit_need_not_ask_and_who_does_not_file_may_not(draft, request, who, code, sentence):
    with pytest.raises(workflow.NotYourStep) as refusal:
        ask_to_sign(draft, by=request.getfixturevalue(who), now=NOW, version=draft.version)

    assert (refusal.value.code, str(refusal.value)) == (code, sentence)
    assert told() == []


def test_a_closed_month_is_not_signed(draft, clerk, ministry):
    calendar.close_month(draft.period, by=ministry, now=NOW)

    with pytest.raises(workflow.MonthClosed):
        ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)


# What keeps it back ----------------------------------------------------------------------------


def test_an_error_keeps_it_back_as_it_keeps_back_submitting(unit, period, lead, clerk):
    draft = file(unit, period, {"T01": "310000"}, by=clerk, now=NOW)

    blocked = []
    for act, who in ((ask_to_sign, clerk), (services.submit, lead)):
        with pytest.raises(blocking.FindingsBlock) as refusal:
            act(draft, by=who, now=NOW, version=draft.version)
        blocked.append([finding.key for finding in refusal.value.findings])

    assert blocked[0] == blocked[1] != []
    assert told() == []


def test_a_warning_is_explained_first_and_the_explanation_is_a_version(unit, period, lead, clerk, ministry):
    august = ReportingMonth.objects.get(month=date(2007, 8, 1))
    approved(unit, august, {"T01": "200000", "T08": "900000"}, by=lead, reviewer=ministry, now=NOW)
    draft = file(unit, period, FIGURES, by=clerk, now=NOW)
    with pytest.raises(blocking.FindingsBlock) as refusal:
        ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)
    answers = {finding.key: "两个行业并入省级统筹。" for finding in refusal.value.findings}

    report = ask_to_sign(draft, by=clerk, now=NOW, version=draft.version, explanations=answers)

    assert (report.version, report.signing_asked_for) == (draft.version + 1, draft.version + 1)
    assert services.submit(report, by=lead, now=NOW, version=report.version).status == ReportStatus.SUBMITTED


def test_a_version_that_moved_on_is_not_asked_for(draft, clerk):
    with pytest.raises(services.StaleVersion):
        ask_to_sign(draft, by=clerk, now=NOW, version=draft.version - 1)


def test_a_unit_without_a_lead_is_told_so(draft, lead, clerk):
    lead.is_active = False
    lead.save()

    with pytest.raises(signing.NobodySigns, match="广东没有可以报送的负责人账户"):
        ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)


def test_a_refusal_leaves_a_trace_and_asking_one_entry(draft, lead, clerk):
    with pytest.raises(Refused):
        ask_to_sign(draft, by=lead, now=NOW, version=draft.version)
    ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)

    entries = AuditEntry.objects.filter(action__startswith="report.ask_to_sign").order_by("number")
    assert [(one.action, one.actor, one.details["version"]) for one in entries] == [
        ("report.ask_to_sign.refused", lead, draft.version),
        ("report.ask_to_sign", clerk, draft.version),
    ]


# Told once -------------------------------------------------------------------------------------


def test_every_lead_of_the_unit_is_told_and_nobody_else(draft, clerk, ministry):
    factories.person("LEAD", draft.unit, username="second_lead")
    factories.person("LEAD", draft.unit, username="gone", is_active=False)
    factories.person("LEAD", factories.UnitFactory(code="230000"), username="elsewhere")

    ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)

    assert told() == ["gd_lead", "second_lead"]
    assert {notice.path for notice in Notice.objects.all()} == {CHECK}


def test_nothing_moves_by_asking(draft, clerk):
    before = (draft.status, draft.version, draft.decisions.count())

    report = ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)

    assert (report.status, report.version, report.decisions.count()) == before
    assert (report.signing_asked_by, report.signing_asked_at, report.is_signing_asked) == (clerk, NOW, True)


def test_asking_for_the_same_version_again_changes_nothing(asked, clerk):
    colleague = factories.person("CLERK", asked.unit)

    again = ask_to_sign(asked, by=colleague, now=shanghai(2007, 10, 4), version=asked.version)

    assert (again.signing_asked_by, again.signing_asked_at) == (clerk, NOW)
    assert told() == ["gd_lead"]
    assert AuditEntry.objects.filter(action="report.ask_to_sign").count() == 1


def test_the_next_version_is_asked_for_anew(asked, unit, period, clerk):
    report = file(unit, period, {"T01": "320000"}, by=clerk, now=NOW)
    ask_to_sign(report, by=clerk, now=NOW, version=report.version)

    assert told() == ["gd_lead", "gd_lead"]
    assert waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_give_one_notice(draft, clerk):
    colleague = factories.person("CLERK", draft.unit)
    acts = [lambda who=who: ask_to_sign(draft, by=who, now=NOW, version=draft.version) for who in (clerk, colleague)]

    answers = at_once(*acts)

    assert {answer.signing_asked_by for answer in answers} < {clerk, colleague}
    assert told() == ["gd_lead"]
    assert AuditEntry.objects.filter(action="report.ask_to_sign").count() == 1


def test_d_20_what_is_undone_tells_nobody(draft, clerk):
    with transaction.atomic():
        ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)
        transaction.set_rollback(True)

    assert told() == []


def test_t_09_the_mail_goes_at_once_and_has_no_figure(draft, clerk, lead, settings):
    settings.MAIL_ON, settings.DEFAULT_FROM_EMAIL = True, "workplan@ministry.example"
    lead.email = "lead@gd.example"
    lead.save()
    services.save_draft(draft, by=clerk, now=NOW, version=draft.version, note="310000 人已核")

    draft.refresh_from_db()
    ask_to_sign(draft, by=clerk, now=NOW, version=draft.version)

    assert len(list(sending.Sender().send_waiting())) == MailOut.objects.count() == len(mail.outbox) == 1
    assert "310000" not in f"{mail.outbox[0].subject}{mail.outbox[0].body}"
    assert "2007年9月" in mail.outbox[0].subject
    assert Notice.objects.get().words.keys() == {"unit", "unit_en", "month", "by", "by_en"}


# Over with the version -------------------------------------------------------------------------


def saved(report, by):
    return services.save_draft(report, by=by, now=NOW, version=report.version, note="补充")


def imported(report, by):
    figure = FigureInput(indicator=Indicator.objects.get(code="T01"), state="REPORTED", value=320_000)
    batches.save_drafts([batches.DraftChange(report, [figure])], by=by, now=NOW)
    report.refresh_from_db()
    return report


def given_a_file(report, by):
    milestone = factories.MilestoneFactory(item=factories.ItemFactory(plan=report.period.plan))
    files.add(report, milestone, name="通知.pdf", content=pdf(), by=by, now=NOW)
    report.refresh_from_db()
    return report


def handed_in(report, by):
    return services.submit(report, by=by, now=NOW, version=report.version)


@pytest.mark.parametrize("move", [saved, imported, given_a_file, handed_in])
def test_whatever_moves_the_report_on_settles_the_request(asked, lead, move):
    report = move(asked, lead)

    assert (report.is_signing_asked, waiting()) == (False, 0)
    assert Notice.objects.get(kind="SIGNING_ASKED").settled_at == NOW


def test_a_withdrawn_report_is_asked_for_anew(asked, lead, clerk):
    report = services.submit(asked, by=lead, now=NOW, version=asked.version)
    report = services.withdraw(report, by=lead, now=NOW, version=report.version)
    assert not report.is_signing_asked

    ask_to_sign(report, by=clerk, now=NOW, version=report.version)

    assert (told(), waiting()) == (["gd_lead", "gd_lead"], 1)


def test_moving_one_units_report_leaves_the_others_request(asked, unit, clerk, lead):
    august = file(unit, ReportingMonth.objects.get(month=date(2007, 8, 1)), {"T01": "300000"}, by=clerk, now=NOW)
    saved(august, lead)

    assert waiting() == 1


def test_a_draft_that_is_not_open_does_not_show_the_request(asked, lead, ministry):
    report = services.submit(asked, by=lead, now=NOW, version=asked.version)
    report = services.approve(report, by=ministry, now=NOW, version=report.version)
    report = services.correct(report, by=lead, now=NOW, version=report.version, comment="漏报一个市")
    clerk = asked.signing_asked_by
    report = ask_to_sign(report, by=clerk, now=NOW, version=report.version)
    outsider = factories.person("CLERK", factories.UnitFactory(code="230000"))

    assert shown_to(clerk, report)[0].is_signing_asked
    assert not shown_to(outsider, report)[0].is_signing_asked


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"signing_asked_at": NOW}, "submissions_report_asks_whole"),
        ({"signing_asked_for": 9}, "submissions_report_asks_for_a_draft"),
        ({"status": "SUBMITTED"}, "submissions_report_asks_for_a_draft"),
    ],
)
def test_the_database_refuses_half_a_request_and_one_for_no_draft(asked, draft, fields, constraint):
    if "signing_asked_at" in fields:
        MonthlyReport.objects.update(signing_asked_by=None, signing_asked_at=None, signing_asked_for=None)

    with pytest.raises(IntegrityError, match=constraint):
        MonthlyReport.objects.update(**fields)


# On the pages ----------------------------------------------------------------------------------


def test_a_clerk_saves_checks_and_asks(client, unit, period, lead, clerk, settings):
    file(unit, period, {"T01": "300000", "T08": "1010000", "T04": ("46", "1000")}, by=clerk, now=NOW)
    client.force_login(clerk)
    page = opened(client)

    saved_page = client.post(ADDRESS, {**page, "figure.T01.value": "31", "then": "check"}, follow=True)
    assert saved_page.redirect_chain[-1][0] == CHECK
    assert "确认报送" not in text_of(saved_page)
    assert "请负责人审签</button>" in text_of(saved_page)
    answer = client.post(ASK, {"version": saved_page.context["page"].standing.report.version}, follow=True)

    assert "已请负责人审签" in text_of(answer)
    assert "待负责人审签" in text_of(answer)
    assert told() == ["gd_lead"]


def test_what_blocks_leads_back_to_the_form(client, unit, period, lead, clerk):
    draft = file(unit, period, {"T01": "310000"}, by=clerk, now=NOW)
    client.force_login(clerk)

    assert client.get(CHECK).url == f"{ADDRESS}?check=1"
    refused = client.post(ASK, {"version": draft.version})
    assert (refused.status_code, told()) == (422, [])
    assert "须更正或说明后才能报送" in text_of(refused)


def test_the_lead_sees_who_asked_and_when_and_submits(client, asked, lead):
    client.force_login(lead)
    said = f"{asked.signing_asked_by.label}于 2007-10-03 10:00 请负责人审签"

    for path in (ADDRESS, CHECK, "/reports/"):
        assert said in text_of(client.get(path)), path
    assert "确认报送" in text_of(client.get(CHECK))
    assert client.get(ASK).url == ADDRESS


def test_the_clerk_sees_that_it_waits_and_has_nothing_more_to_ask(client, asked, clerk):
    client.force_login(clerk)

    assert "待负责人审签" in text_of(client.get("/reports/"))
    assert "请负责人审签</button>" not in text_of(client.get(CHECK))


def test_a_unit_without_a_lead_is_told_on_the_form(client, draft, lead, clerk):
    lead.is_active = False
    lead.save()
    client.force_login(clerk)

    for path in (ADDRESS, CHECK):
        assert "本单位没有可以报送的负责人账户" in text_of(client.get(path)), path
    assert "保存并请负责人审签" not in text_of(client.get(ADDRESS))


def test_a_lead_is_not_offered_to_ask(client, draft, lead):
    client.force_login(lead)

    assert "请负责人审签" not in text_of(client.get(ADDRESS))


@pytest.mark.parametrize(("role", "status"), [("CLERK", 404), ("ANALYST", 404), ("PLANNER", 403)])
def test_nobody_else_asks(client, draft, role, status):
    other = factories.UnitFactory(code="230000")
    client.force_login(factories.person(role, other if role == "CLERK" else None))

    assert client.post(ASK, {"version": draft.version}).status_code == status
    assert told() == []
