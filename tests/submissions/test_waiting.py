"""UX-26: a report is approved once the units below it are, or with an exception that names them and says why."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, transaction

from accounts.models import AuditEntry, ReportingUnit
from submissions import approving, services
from submissions.intake import ExceptionInput, InputRefused, read_exception
from submissions.models import ApprovalException, Decision, MonthlyReport
from submissions.pages.approving import approving_page
from submissions.pages.queue import Narrowed, queue_page
from submissions.waiting import WaitsForUnits, units_waited_for
from tests import factories
from tests.factories import approved, shanghai, submitted
from tests.submissions.posting import ADDRESS, text_of
from workplan.lib import clock

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
FIGURES = {"T01": "5"}
REASON = "系统升级，数据已电话核对。"


@pytest.fixture
def tree(period):
    """Two provinces; under 440000 a prefecture with a county, one that files nothing, one due in half-years only."""
    often = {"T01": factories.IndicatorFactory(code="T01"), "T13": factories.IndicatorFactory(code="T13", count=True)}
    files = {"440000": "T01", "440100": "T01", "440110": "T01", "440210": "T01", "440300": "T13", "450000": "T01"}
    units: dict[str, ReportingUnit] = {}
    for code in ("440000", "440100", "440110", "440200", "440210", "440300", "450000"):
        above = units.get(f"{code[:4]}00", units.get(f"{code[:2]}0000"))
        kind = {"parent": above, "kind": "COUNTY"} if above else {}
        units[code] = factories.UnitFactory(code=code, short_name=f"单位{code}", **kind)
        if code in files:
            factories.AssignmentFactory(unit=units[code], indicator=often[files[code]])
    return units


@pytest.fixture
def file_lead(tree):
    return factories.person("LEAD", tree["440000"], username="gd_lead")


@pytest.fixture
def report(tree, period, file_lead):
    """The province's report, handed in before anybody below has filed."""
    return submitted(tree["440000"], period, FIGURES, by=file_lead, now=NOW)


def pass_below(tree, period, ministry, *codes):
    """Have the units' reports approved, lowest first."""
    for code in codes:
        lead = factories.person("LEAD", tree[code])
        approved(tree[code], period, FIGURES, by=lead, reviewer=ministry, now=NOW)


def approve(report, ministry, **given):
    return services.approve(report, by=ministry, now=NOW, version=report.version, **given)


# Who is waited for -----------------------------------------------------------------------------


def test_a_report_waits_for_the_nearest_due_units_that_were_never_approved(tree, period, report, ministry):
    """440110 is its prefecture's to wait for; 440200 files nothing, so its county is waited for; 440300 is not due."""
    assert [unit.code for unit in units_waited_for([report])[report.pk]] == ["440100", "440210"]
    with pytest.raises(WaitsForUnits) as refused:
        approve(report, ministry)

    assert str(refused.value) == (
        "单位440000还有 2 个下级单位未通过：单位440100、单位440210。请等这些单位通过，或列为例外并写明原因。"
    )
    assert [fault["unit"] for fault in refused.value.errors()] == ["440100", "440210"]
    assert AuditEntry.objects.get(action="report.approve.refused").details["code"] == "waits_for_units"

    pass_below(tree, period, ministry, "440110", "440100", "440210")
    assert approve(report, ministry).status == "APPROVED"
    assert not ApprovalException.objects.exists()


def test_a_correction_below_keeps_nobody_waiting(tree, period, report, ministry):
    pass_below(tree, period, ministry, "440110", "440100", "440210")
    below = MonthlyReport.objects.get(unit=tree["440210"])
    services.reopen(below, by=ministry, now=NOW, version=below.version, comment="请更正。")

    assert approve(report, ministry).status == "APPROVED"


def test_the_nation_waits_for_nobody(tree, period):
    nation = factories.ReportFactory(unit=tree["440000"].parent, period=period)

    assert units_waited_for([nation]) == {nation.pk: []}


@pytest.mark.parametrize("n", [1, 3])
def test_it_costs_three_queries_for_one_and_for_three(tree, period, report, django_assert_num_queries, n):
    others = [factories.ReportFactory(unit=tree[code], period=period) for code in ("440100", "450000")]

    with django_assert_num_queries(3):
        units_waited_for([report, *others][:n])


# The exception ---------------------------------------------------------------------------------


def test_an_exception_names_every_unit_and_is_kept_with_the_approval(tree, period, report, ministry):
    one = read_exception(report, ["440100"], REASON)
    with pytest.raises(WaitsForUnits, match="还有 1 个下级单位未通过：单位440210"):
        approve(report, ministry, exception=one)
    both = read_exception(report, ["440100", "440210", "440300"], REASON)

    approve(report, ministry, exception=both)

    kept = ApprovalException.objects.order_by("unit__code").values_list("unit__code", "reason", "decision__verb")
    assert list(kept) == [("440100", REASON, "APPROVE"), ("440210", REASON, "APPROVE")]
    entry = AuditEntry.objects.get(action="report.approve")
    assert entry.details["exception"] == {"units": ["440100", "440210"], "reason": REASON}


@pytest.mark.parametrize(
    ("units", "reason", "faults"),
    [
        ([], REASON, [("/exception/units", "unit_missing")]),
        (["440100"], "  ", [("/exception/reason", "reason_missing")]),
        (["440000"], REASON, [("/exception/units", "unknown_unit")]),
        (["450000", "\0"], "", [("/exception/reason", "reason_missing"), *[("/exception/units", "unknown_unit")] * 2]),
    ],
)
def test_what_is_no_exception_is_refused_with_every_fault(report, units, reason, faults):
    with pytest.raises(InputRefused) as refused:
        read_exception(report, units, reason)

    assert [(one.pointer, one.code) for one in refused.value.complaints] == faults


def test_the_database_keeps_exceptions_as_they_were_given(tree, report, ministry):
    approve(report, ministry, exception=ExceptionInput(frozenset({"440100", "440210"}), REASON))
    decision = Decision.objects.get(verb="APPROVE")
    wrong = {
        "submissions_exception_says_why": {"unit": tree["440300"], "reason": ""},
        "submissions_exception_one_per_decision_and_unit": {"unit": tree["440100"], "reason": REASON},
        "submissions_exception_is_below_its_approval": {"unit": tree["450000"], "reason": REASON},
    }
    for name, row in wrong.items():
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            ApprovalException.objects.create(decision=decision, **row)
        assert refused.value.__cause__.diag.constraint_name == name
    other = Decision.objects.get(verb="SUBMIT")
    with pytest.raises(IntegrityError, match="belongs to an approval"), transaction.atomic():
        ApprovalException.objects.create(decision=other, unit=tree["440300"], reason=REASON)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        ApprovalException.objects.update(reason="改")


# Many at once ----------------------------------------------------------------------------------


def test_many_at_once_leaves_out_what_waits_and_names_it(tree, period, report, ministry):
    other = submitted(tree["450000"], period, FIGURES, by=factories.person("LEAD", tree["450000"]), now=NOW)

    page = approving_page(ministry, Narrowed())
    results = approving.approve_shown({one.pk: one.version for one in (report, other)}, typed="2", by=ministry, now=NOW)

    assert [one.unit.code for one in page.reports] == ["450000"]
    assert [(held.unit.code, [unit.code for unit in units]) for held, units in page.held] == [
        ("440000", ["440100", "440210"])
    ]
    assert [(one.report.unit.code, one.is_approved) for one in results] == [("440000", False), ("450000", True)]
    assert "还有 2 个下级单位未通过" in str(results[0].refusal)


def test_the_queue_tells_who_waits_and_is_narrowed_to_them(tree, period, report, ministry):
    submitted(tree["450000"], period, FIGURES, by=factories.person("LEAD", tree["450000"]), now=NOW)

    told = {
        one.report.unit.code: (one.n_below, one.is_clean)
        for one in queue_page(ministry, Narrowed(), today=clock.today()).waiting
    }
    narrowed = queue_page(ministry, Narrowed(state="waiting"), today=clock.today()).waiting

    assert told == {"440000": (2, False), "450000": (0, True)}
    assert [one.report.unit.code for one in narrowed] == ["440000"]


# On the page -----------------------------------------------------------------------------------


def test_the_desk_links_to_whom_it_waits_for_and_takes_an_exception(client, tree, period, report, ministry):
    client.force_login(ministry)
    desk = text_of(client.get(ADDRESS))
    verdict = {"version": report.version, "comment": "", "not_awaited": ["440100", "440210"]}

    refused = client.post(f"{ADDRESS}approve/", verdict)
    assert refused.status_code == 409
    for page in (desk, text_of(refused)):
        assert 'href="/reports/2007-09/440210/"' in page
        assert 'name="not_awaited" value="440210"' in page
    assert "还有 2 个下级单位未通过" in text_of(refused)
    forged = client.post(f"{ADDRESS}approve/", {**verdict, "not_awaited": ["450000"], "exception": REASON})
    assert (forged.status_code, REASON in text_of(forged)) == (422, True)

    assert client.post(f"{ADDRESS}approve/", {**verdict, "exception": REASON}).status_code == 302
    assert "例外通过：没有等 2 个下级单位" in text_of(client.get(ADDRESS))
    below = submitted(tree["440210"], period, FIGURES, by=factories.person("LEAD", tree["440210"]), now=NOW)
    told = text_of(client.get(f"/reports/2007-09/{below.unit.code}/"))
    assert "单位440000的报表已例外通过，没有等本单位" in told
    assert REASON in told
