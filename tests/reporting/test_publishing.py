"""A published month keeps what it stood at; what is approved later is a revision with old, new, reason and date."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.models import AuditEntry, ReportingUnit, User
from reporting import marks, publishing, totals
from reporting.aggregates import ProgressRow, progress_rows
from reporting.marks import Mark, marks_of
from reporting.models import DataVersion, Snapshot, SnapshotRow
from reporting.pages.words import reasons_words
from reporting.revisions import Revision, revisions
from submissions import calendar
from submissions.models import Decision, ReportingMonth
from tests import factories
from tests.factories import shanghai
from tests.reporting.filings import MISSING, NOT_APPLICABLE, refile, stand

pytestmark = pytest.mark.django_db

PUBLISHED = shanghai(2007, 9, 20)
EARLIER = shanghai(2007, 9, 18)
LATER = shanghai(2007, 9, 25)


@pytest.fixture
def world(db: None) -> dict[str, object]:
    """Three provinces with a flow and a rate; two filed July and August, the third nothing yet."""
    nation = factories.NationFactory()
    flow = factories.IndicatorFactory(code="F01", short_name="就业")
    rate = factories.IndicatorFactory(code="R01", ratio=True, frequency=1)
    factories.TargetFactory(indicator=flow, unit=nation, target_value=1200, baseline_value=None)
    units = [factories.UnitFactory(code=f"{n}10000", short_name=f"省{n}") for n in (1, 2, 3)]
    for unit in units:
        factories.AssignmentFactory(indicator=flow, unit=unit)
        factories.AssignmentFactory(indicator=rate, unit=unit)
    july, august = (factories.MonthFactory(number=number) for number in (7, 8))
    for unit, base in zip(units[:2], (100, 200), strict=True):
        stand(unit, july, {flow: base, rate: (1, 10)})
        stand(unit, august, {flow: base + 50, rate: (2, 10)})
    return {"nation": nation, "flow": flow, "rate": rate, "units": units, "july": july, "august": august}


def publish(period: ReportingMonth, ministry: User) -> ReportingMonth:
    return calendar.publish_month(period, by=ministry, now=PUBLISHED)


def fresh(period: ReportingMonth) -> ReportingMonth:
    return ReportingMonth.objects.select_related("plan").get(pk=period.pk)


def rows_of(person: User, period: ReportingMonth, *units: ReportingUnit) -> dict[str, ProgressRow]:
    return {row.indicator.code: row for row in progress_rows(person, fresh(period), units)}


def revised(person: User, period: ReportingMonth, unit: ReportingUnit, code: str = "F01") -> Revision | None:
    rows = progress_rows(person, fresh(period), [unit])
    row = next(row for row in rows if row.indicator.code == code)
    return revisions(person, fresh(period), rows).get((unit.pk, row.indicator.pk))


# What is frozen --------------------------------------------------------------------------------


def test_publishing_freezes_every_total_with_its_target_and_verdict(world, ministry):
    publish(world["august"], ministry)

    row = SnapshotRow.objects.get(unit=world["nation"], indicator=world["flow"])
    assert (row.value, row.target_value, row.baseline_value, row.status) == (400, 1200, None, "behind")
    assert (row.n_due, row.n_reported, row.n_carried, row.value_month) == (3, 2, 0, world["august"].month)
    rate = SnapshotRow.objects.get(unit=world["units"][0], indicator=world["rate"])
    assert (rate.value, rate.numerator, rate.denominator, rate.target_value, rate.status) == (None, 2, 10, None, "")
    missing = SnapshotRow.objects.get(unit=world["units"][2], indicator=world["flow"])
    assert (missing.value, missing.n_due, missing.n_reported) == (None, 1, 0)


def test_the_snapshot_says_who_when_and_of_which_data(world, ministry):
    publish(world["august"], ministry)

    snapshot = Snapshot.objects.get()
    version = DataVersion.objects.get().number
    newest = Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    assert (snapshot.period, snapshot.published_at, snapshot.published_by) == (world["august"], PUBLISHED, ministry)
    assert (snapshot.data_version, snapshot.last_decision, snapshot.n_rows) == (version, newest, 8)


def test_its_digest_stands_in_the_audit_trail(world, ministry):
    publish(world["august"], ministry)

    snapshot = Snapshot.objects.get()
    entry = AuditEntry.objects.get(action="month.freeze")
    assert entry.details == {"month": "2007-08", "rows": 8, "digest": snapshot.digest}
    assert publishing.is_whole(snapshot)


def test_a_month_nobody_filed_is_published_empty(ministry):
    period = factories.MonthFactory(number=8)

    publish(period, ministry)

    assert (Snapshot.objects.get().n_rows, Snapshot.objects.get().data_version) == (0, 0)


def test_a_refused_publication_leaves_no_snapshot(world):
    with pytest.raises(calendar.NotYourMonth):
        publish(world["august"], factories.person("CLERK", world["units"][0]))

    assert not Snapshot.objects.exists()


def test_a_month_is_not_published_when_it_cannot_be_frozen(world, ministry, monkeypatch):
    monkeypatch.setattr(publishing, "_FREEZE", "SELECT 1 / 0")

    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        publish(world["august"], ministry)

    assert not fresh(world["august"]).is_published


def test_as_many_queries_freeze_one_unit_as_many(world, ministry, django_assert_max_num_queries):
    """The queries of a publication do not grow with the units."""
    totals.refresh()
    with django_assert_max_num_queries(200) as few:
        publish(world["july"], ministry)
    for _more in range(20):
        factories.AssignmentFactory(indicator=world["flow"], unit=factories.UnitFactory())
    totals.rebuild(world["august"].plan)
    with django_assert_max_num_queries(200) as many:
        publish(world["august"], ministry)

    assert len(many) <= len(few)


# What the database refuses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE reporting_snapshotrow SET value = 1", "Cannot update or delete"),
        ("DELETE FROM reporting_snapshotrow", "Cannot update or delete"),
        ("UPDATE reporting_snapshot SET n_rows = 1", "Cannot update or delete"),
        ("DELETE FROM reporting_snapshot", "Cannot update or delete"),
        ("UPDATE submissions_reportingmonth SET published_at = NULL, published_by_id = NULL", "Cannot update rows"),
        (
            "UPDATE submissions_reportingmonth SET published_at = now() WHERE month = '2007-08-01'",
            "Cannot update rows",
        ),
    ],
)
def test_what_was_published_is_never_changed_or_taken_back(world, ministry, change, constraint):
    publish(world["august"], ministry)

    with pytest.raises(InternalError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def violated(error: IntegrityError) -> str:
    return error.__cause__.diag.constraint_name


def test_nothing_joins_a_snapshot_that_stands(world, ministry):
    publish(world["august"], ministry)
    other = factories.UnitFactory()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        _row(world, unit=other)

    assert violated(refused.value) == "reporting_snapshot_is_complete"


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"n_reported": 2}, "reporting_snapshot_reported_within_due"),
        ({"numerator": 1}, "reporting_snapshot_numerator_with_denominator"),
        ({"status": "fine"}, "reporting_snapshot_status_is_known"),
    ],
)
def test_a_row_that_cannot_be_is_refused(world, given, constraint):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        _row(world, unit=world["nation"], **given)

    assert violated(refused.value) == constraint


def test_a_unit_is_published_once_per_indicator(world):
    with transaction.atomic():
        _row(world, unit=world["nation"])
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            _row(world, unit=world["nation"])
        transaction.set_rollback(True)

    assert violated(refused.value) == "reporting_snapshot_one_row_per_unit_indicator"


def test_a_digest_is_one(world, ministry):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Snapshot.objects.create(period=world["august"], published_at=PUBLISHED, published_by=ministry, data_version=0,
                                last_decision=0, n_rows=0, digest="none")  # fmt: skip

    assert violated(refused.value) == "reporting_snapshot_digest_is_sha256"


def _row(world: dict, **given: object) -> None:
    values = {"n_due": 1, "n_reported": 1, "n_carried": 0} | given
    SnapshotRow.objects.create(snapshot_id=world["august"].month, indicator=world["flow"], **values)


# What is revised -------------------------------------------------------------------------------


def test_what_still_stands_as_published_is_not_revised(world, ministry):
    publish(world["august"], ministry)

    rows = progress_rows(ministry, fresh(world["august"]), [world["nation"], *world["units"]])
    assert [row.is_revised for row in rows] == [False] * 8
    assert revisions(ministry, fresh(world["august"]), rows) == {}


def test_a_correction_is_shown_with_old_new_reason_and_date(world, ministry):
    """UX-34: the newest approved figure stands, marked r, beside what was published."""
    publish(world["august"], ministry)
    refile(world["units"][0], world["august"], {world["flow"]: 130}, reason="重复统计", by=ministry, at=LATER)

    found = revised(ministry, world["august"], world["nation"])

    assert (found.old, found.new, found.at) == (400, 380, LATER)
    (cause,) = found.causes
    assert (cause.unit, cause.old, cause.new, cause.reason) == (world["units"][0], 150, 130, "重复统计")
    assert reasons_words(found) == "省1更正2007年8月：重复统计"
    assert Mark.REVISED in marks_of(found.row)
    assert SnapshotRow.objects.get(unit=world["nation"], indicator=world["flow"]).value == 400


def test_the_unit_itself_and_only_units_above_it_are_revised(world, ministry):
    publish(world["august"], ministry)
    refile(world["units"][0], world["august"], {world["flow"]: 130}, reason="重复统计", by=ministry, at=LATER)

    assert revised(ministry, world["august"], world["units"][0]).new == 130
    assert revised(ministry, world["august"], world["units"][1]) is None


def test_a_rate_is_revised_by_its_parts(world, ministry):
    publish(world["august"], ministry)
    refile(world["units"][0], world["august"], {world["rate"]: (4, 20)}, reason="口径", by=ministry, at=LATER)

    found = revised(ministry, world["august"], world["units"][0], "R01")

    assert (found.old, found.new, found.row.is_revised) == (Decimal("0.2"), Decimal("0.2"), True)
    assert [(cause.old, cause.new) for cause in found.causes] == [(found.old, found.new)]


def test_a_late_report_is_a_revision_without_a_correction(world, ministry):
    publish(world["august"], ministry)
    refile(world["units"][2], world["august"], {world["flow"]: 70}, by=ministry, at=LATER)

    found = revised(ministry, world["august"], world["nation"])

    assert (found.old, found.new, found.causes[0].is_late) == (400, 470, True)
    assert reasons_words(found) == "省3补报2007年8月"


def test_an_earlier_month_corrected_revises_where_its_figure_is_carried(world, ministry):
    stand(world["units"][2], world["july"], {world["flow"]: 10})
    publish(world["july"], ministry)
    publish(world["august"], ministry)
    refile(world["units"][2], world["july"], {world["flow"]: 20}, reason="漏报", by=ministry, at=LATER)

    found = revised(ministry, world["august"], world["nation"])

    assert (found.old, found.new) == (410, 420)
    assert reasons_words(found) == "省3更正2007年7月：漏报"


def test_saying_missing_for_the_first_time_changes_nothing_published(world, ministry):
    publish(world["august"], ministry)
    refile(world["units"][2], world["august"], {world["flow"]: MISSING}, by=ministry, at=LATER)

    assert revised(ministry, world["august"], world["nation"]) is None


def test_a_correction_before_publication_is_no_revision(world, ministry):
    refile(
        world["units"][0],
        world["august"],
        {world["flow"]: 130},
        reason="重复统计",
        by=ministry,
        at=shanghai(2007, 9, 18),
    )
    publish(world["august"], ministry)

    assert revised(ministry, world["august"], world["nation"]) is None


def test_t09_the_reason_of_a_month_not_yet_published_is_kept_from_others(world, ministry):
    stand(world["units"][2], world["july"], {world["flow"]: 10})
    publish(world["august"], ministry)  # July is not
    refile(world["units"][2], world["july"], {world["flow"]: 20}, reason="漏报", by=ministry, at=LATER)
    neighbour = factories.person("CLERK", world["units"][0])

    found = revised(neighbour, world["august"], world["nation"])

    assert (found.old, found.new, found.causes, found.at) == (410, 420, (), None)
    assert reasons_words(found) == "发布后有更正"
    assert revised(factories.person("CLERK", world["units"][2]), world["august"], world["units"][2]).causes


def test_revisions_are_told_with_the_same_queries_for_one_or_many(world, ministry, django_assert_num_queries):
    publish(world["august"], ministry)
    refile(world["units"][0], world["august"], {world["flow"]: 130}, reason="重复统计", by=ministry, at=LATER)
    rows = progress_rows(ministry, fresh(world["august"]), [world["nation"]])
    period = fresh(world["august"])
    with django_assert_num_queries(2):
        revisions(ministry, period, rows)
    refile(world["units"][1], world["august"], {world["flow"]: 1}, reason="误录", by=ministry, at=LATER)
    refile(world["units"][2], world["august"], {world["flow"]: 1}, by=ministry, at=LATER)
    rows = progress_rows(ministry, fresh(world["august"]), [world["nation"], *world["units"]])

    with django_assert_num_queries(2):
        found = revisions(ministry, period, rows)
    assert len(found) == 4


# Marks -----------------------------------------------------------------------------------------


def test_u11_every_state_of_a_figure_has_its_mark(world, ministry):
    stand(world["units"][2], world["august"], {world["flow"]: NOT_APPLICABLE})
    before = rows_of(ministry, world["august"], world["units"][0])["F01"]
    assert marks_of(before) == (Mark.PROVISIONAL,)

    publish(world["august"], ministry)
    assert marks_of(rows_of(ministry, world["august"], world["units"][0])["F01"]) == ()
    assert marks_of(rows_of(ministry, world["august"], world["units"][2])["F01"]) == (Mark.NOT_APPLICABLE,)
    assert marks_of(rows_of(ministry, world["august"], world["units"][2])["R01"]) == (Mark.MISSING,)
    refile(world["units"][0], world["august"], {world["flow"]: 130}, reason="重复统计", by=ministry, at=LATER)
    assert marks_of(rows_of(ministry, world["august"], world["units"][0])["F01"]) == (Mark.REVISED,)


def test_the_legend_explains_what_is_shown_and_no_more():
    assert marks.legend([]) == ""
    assert marks.legend([Mark.REVISED, Mark.MISSING]) == "标记：x 缺报；r 发布后有修订。"


# Verifying -------------------------------------------------------------------------------------


def test_a_tampered_snapshot_is_found(world, ministry, capsys):
    publish(world["july"], ministry)
    publish(world["august"], ministry)
    call_command("verify_snapshots")
    assert capsys.readouterr().out == "2 published months are whole\n"

    with pgtrigger.ignore("reporting.SnapshotRow:published_row_is_kept"):
        SnapshotRow.objects.filter(snapshot=world["august"].month, value=400).update(value=401)

    with pytest.raises(CommandError, match="2007-08 is not what was published"):
        call_command("verify_snapshots")
