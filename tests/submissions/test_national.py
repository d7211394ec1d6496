"""The ministry's own milestones: reported for the nation by their owners, decided on by another person."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import NATION_CODE
from submissions import services
from submissions.intake import MilestoneInput
from submissions.models import MilestoneState, ReportStatus, Verb
from submissions.workflow import OwnSubmission
from targets import duties
from tests import factories
from tests.factories import shanghai
from tests.submissions.posting import text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
ADDRESS = "/reports/2007-09/000000/"


@pytest.fixture
def law(period):
    item = factories.ItemFactory(number=28, heading="加快劳动保障立法进程")
    return factories.MilestoneFactory(item=item, code="M28-1", actors=["M", "X"], scope="NATIONAL", scope_count=1)


@pytest.fixture
def rules(period):
    item = factories.ItemFactory(number=16, heading="完善基金管理监督制度")
    return factories.MilestoneFactory(item=item, code="M16-5", actors=["M"], scope="NATIONAL", scope_count=1)


@pytest.fixture
def colleague(db):
    return factories.person("MINISTRY_REVIEWER", username="colleague")


@pytest.fixture
def owner(law, planner):
    person = factories.person("ANALYST", username="owner")
    duties.assign_owner(law.item, user=person, department="法制司", starts_on=date(2007, 1, 1), by=planner)
    return person


def national(period):
    return services.report_for(factories.NationFactory(), period)


def saved(period, milestone, by):
    given = MilestoneInput(milestone, "IN_PROGRESS", note="一审")
    return services.save_draft(national(period), by=by, now=NOW, version=0, milestones=[given])


def test_one_reports_for_the_nation_and_another_approves(period, law, ministry, colleague):
    report = saved(period, law, ministry)
    report = services.submit(report, by=ministry, now=NOW, version=report.version)
    with pytest.raises(OwnSubmission):
        services.approve(report, by=ministry, now=NOW, version=report.version)

    report = services.approve(report, by=colleague, now=NOW, version=report.version)

    assert (report.status, list(report.approved_filing.milestones.values_list("milestone__code", "state"))) == (
        ReportStatus.APPROVED, [("M28-1", "IN_PROGRESS")],
    )  # fmt: skip
    assert set(report.decisions.values_list("verb", flat=True)) == {Verb.SUBMIT, Verb.APPROVE}


def test_an_owner_reports_the_own_items_only(period, law, rules, owner):
    saved(period, law, owner)

    with pytest.raises(services.NotYourItem) as refused:
        services.save_draft(
            national(period), by=owner, now=NOW, version=1, milestones=[MilestoneInput(rules, "IN_PROGRESS")]
        )

    assert (str(refused.value), refused.value.http_status) == ("M16-5 由该工作要点的责任人填报，您不能修改。", 403)
    assert MilestoneState.objects.get().milestone == law


def test_the_form_of_an_owner_asks_for_the_own_items(client, period, law, rules, owner, ministry):
    client.force_login(owner)
    page = client.get(ADDRESS).context["page"]
    assert [group.item.number for group in page.milestones] == [28]
    assert "全国报表只填部机关负责的节点" in text_of(client.get(ADDRESS))

    posted = {"version": "0", "seen": "{}", "milestone.M28-1.state": "SUBMITTED", "milestone.M28-1.note": "已报审"}
    answer = client.post(ADDRESS, posted)

    assert answer.status_code == 302
    assert MilestoneState.objects.get().state == "SUBMITTED"
    client.force_login(ministry)
    assert [group.item.number for group in client.get(ADDRESS).context["page"].milestones] == [16, 28]


def test_the_work_of_an_owner_is_the_nations(client, period, law, rules, owner):
    saved(period, law, owner)
    client.force_login(owner)

    page = client.get("/reports/").context["page"]

    assert (page.unit.code, [(work.period.month.month, work.n_answered, work.n_due) for work in page.rows]) == (
        NATION_CODE, [(8, 0, 2), (9, 1, 2)],
    )  # fmt: skip
    assert [link["label"] for link in _navigation(client)] == ["全国概览", "工作要点", "我的报表", "接口文档"]


def _navigation(client) -> list[dict[str, str]]:
    text = client.get("/reports/").content.decode()
    return [
        {"label": one}
        for one in ("全国概览", "工作要点", "我的报表", "审核", "接口文档", "管理")
        if f">{one}</a>" in text
    ]


def test_the_ministry_chooses_the_nation_like_a_unit(client, period, law, ministry, unit):
    saved(period, law, ministry)
    client.force_login(ministry)

    units = client.get("/reports/?month=2007-09").context["page"].units

    assert [(one.unit.code, one.n_answered, one.n_due) for one in units] == [(NATION_CODE, 1, 1), ("440000", 0, 3)]


@pytest.mark.parametrize("role", ["ANALYST", "CLERK"])
def test_the_nations_draft_is_closed_to_others(client, period, law, ministry, unit, role):
    saved(period, law, ministry)
    client.force_login(factories.person(role, unit if role == "CLERK" else None))

    assert client.get(ADDRESS).status_code == 404


def test_without_milestones_of_its_own_the_nation_files_nothing(client, period, ministry):
    client.force_login(ministry)

    assert client.get(ADDRESS).status_code == 404


def test_the_api_reads_and_writes_the_nations_report(client, period, law, rules, owner):
    client.force_login(owner)
    address = "/api/v1/reports/2007-09/000000/"

    told = client.get(address).json()
    body = {"version": 0, "milestones": [{"milestone": "M28-1", "state": "in_progress"}]}
    written = client.put(address, body, content_type="application/json")
    refused = client.put(
        address,
        {"version": 1, "milestones": [{"milestone": "M16-5", "state": "in_progress"}]},
        content_type="application/json",
    )

    assert (told["figures"], [one["milestone"] for one in told["milestones"]]) == ([], ["M16-5", "M28-1"])
    assert (written.status_code, written.json()["milestones"][1]["state"]) == (200, "in_progress")
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "not-your-item")
    listed = client.get("/api/v1/reports/").json()["results"]
    assert [(row["unit"], row["status"]) for row in listed] == [(NATION_CODE, "draft")]
