"""Saved views: kept under a name, shared as conditions, always read with the rights of whoever opens them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, ReportingUnit, User
from reporting.models import ExportRun, ExportSchedule, SavedView
from reporting.saved import services, showing
from reporting.saved.kinds import KINDS, NotToBeSaved, canonical, fitting
from reporting.saved.models import Sharing, ViewKind
from submissions.models import ReportingMonth
from tests import factories
from tests.reporting.test_pages import SECRET, SHOWN, signed_in, small_world
from tests.reporting.views_saved import NOW, QUERY, saved, scheduled

pytestmark = pytest.mark.django_db
TODAY = date(2007, 10, 12)


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    return small_world()


def keep(by: User, query: str = QUERY, kind: str = "EXPLORE", **given: str) -> SavedView:
    fields = {"name": "各省进度", "months": "NEWEST", "sharing": "PRIVATE"} | given
    return services.save_view(kind, QueryDict(query), by=by, now=NOW, **fields)


# What the database refuses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": ""}, "reporting_view_has_a_name"),
        ({"kind": "POEM"}, "reporting_view_kind_is_known"),
        ({"months": "EVER"}, "reporting_view_months_are_known"),
        ({"sharing": "ALL"}, "reporting_view_sharing_is_known"),
        ({"sharing": "UNIT"}, "reporting_view_names_the_unit_it_is_shared_with"),
        ({"kind": "WORKBOOK", "months": "YEAR"}, "reporting_view_of_a_year_holds_many_months"),
    ],
)
def test_the_database_refuses_a_view_that_cannot_be(analyst, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        saved(analyst, **fields)


def test_the_database_refuses_a_unit_that_nothing_is_shared_with(analyst):
    with (
        pytest.raises(IntegrityError, match="reporting_view_names_the_unit_it_is_shared_with"),
        transaction.atomic(),
    ):
        saved(analyst, unit=factories.UnitFactory())


def test_the_database_keeps_a_name_to_one_view_of_a_person(analyst, planner):
    saved(analyst)
    saved(planner)

    with pytest.raises(IntegrityError, match="reporting_view_name_is_used_once"), transaction.atomic():
        saved(analyst)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"rhythm": "HOURLY"}, "reporting_schedule_rhythm_is_known"),
        ({"file_format": "pdf"}, "reporting_schedule_format_is_known"),
        ({"ended_because": "BORED", "ended_at": NOW}, "reporting_schedule_end_is_known"),
        ({"ended_at": NOW}, "reporting_schedule_ends_with_a_reason"),
        ({"ended_because": "STOPPED"}, "reporting_schedule_ends_with_a_reason"),
    ],
)
def test_the_database_refuses_a_schedule_that_cannot_be(analyst, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        scheduled(saved(analyst), **fields)


def test_the_database_runs_a_schedule_once_per_view_time_and_format(analyst):
    view = saved(analyst)
    scheduled(view, ended_at=NOW, ended_because="STOPPED")
    scheduled(view)

    with (
        pytest.raises(IntegrityError, match="reporting_schedule_runs_once_per_view_time_and_format"),
        transaction.atomic(),
    ):
        scheduled(view)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"period": ""}, "reporting_run_names_its_period"),
        ({"state": "LOST"}, "reporting_run_state_is_known"),
        ({"state": "DONE"}, "reporting_run_done_has_a_time_and_an_end"),
        ({"made_at": NOW, "expires_at": NOW}, "reporting_run_done_has_a_time_and_an_end"),
        ({"content": b"x"}, "reporting_run_only_a_done_one_has_a_file"),
        ({"state": "FAILED"}, "reporting_run_failed_says_why"),
    ],
)
def test_the_database_refuses_a_run_that_cannot_be(analyst, fields, constraint):
    schedule = scheduled(saved(analyst))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ExportRun.objects.create(**{"schedule": schedule, "period": "2007-09"} | fields)


def test_the_database_makes_an_export_once_per_period(analyst):
    schedule = scheduled(saved(analyst))
    ExportRun.objects.create(schedule=schedule, period="2007-09")

    with pytest.raises(IntegrityError, match="reporting_run_once_per_period"), transaction.atomic():
        ExportRun.objects.create(schedule=schedule, period="2007-09")


# Who sees a view -------------------------------------------------------------------------------


def test_a_view_is_seen_by_its_owner_and_by_whom_it_is_shared_with(world):
    owner = factories.person("CLERK", world[0], username="owner")
    colleague = factories.person("LEAD", world[0], username="colleague")
    neighbour = factories.person("CLERK", world[1], username="neighbour")
    ministry = factories.person("ANALYST", username="ministry")
    view = saved(owner)
    seen = lambda: {  # noqa: E731
        person.username
        for person in (owner, colleague, neighbour, ministry)
        if SavedView.objects.visible_to(person).exists()
    }

    assert seen() == {"owner"}

    SavedView.objects.filter(pk=view.pk).update(sharing="UNIT", unit=world[0])
    assert seen() == {"owner", "colleague"}


def test_a_view_shared_within_the_ministry_is_seen_by_the_ministry_alone(world, planner, analyst):
    saved(planner, sharing="MINISTRY")

    assert SavedView.objects.visible_to(analyst).count() == 1
    assert not SavedView.objects.visible_to(factories.person("CLERK", world[0])).exists()
    assert not SavedView.objects.owned_by(analyst).exists()


def test_whoever_reads_no_figures_any_more_has_no_views(analyst):
    saved(analyst)
    analyst.grants.update(ends_on=date(2007, 1, 1), starts_on=date(2007, 1, 1))
    analyst = User.objects.get(pk=analyst.pk)

    assert not SavedView.objects.visible_to(analyst).exists()
    assert not SavedView.objects.owned_by(analyst).exists()
    assert signed_in(analyst).get("/views/").status_code == 403


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
@pytest.mark.parametrize("path", ["/views/", "/views/new/?kind=EXPLORE", "/views/1/", "/views/1/edit/"])
def test_an_administrator_has_no_views(role, path):
    assert signed_in(factories.person(role)).get(path).status_code == 403


def test_t_09_a_shared_view_shows_each_reader_what_they_may_see(world):
    """The owner sees the unpublished month of their unit; a colleague too; nobody else finds the view."""
    owner = factories.person("LEAD", world[1], username="owner")
    colleague = factories.person("CLERK", world[1], username="colleague")
    neighbour = factories.person("CLERK", world[0], username="neighbour")
    view = keep(owner, months="FIXED", sharing="UNIT")
    path = f"/views/{view.pk}/"

    shown = {
        person.username: SHOWN in signed_in(person).get(path, follow=True).content.decode()
        for person in (owner, colleague)
    }

    assert shown == {"owner": True, "colleague": True}
    assert signed_in(neighbour).get(path).status_code == 404
    assert signed_in(colleague).get(f"{path}edit/").status_code == 404


def test_t_09_the_ministrys_view_is_read_with_the_readers_rights(world, planner):
    """Were it handed to a bureau by its address, the bureau sees what is published."""
    view = keep(planner, months="FIXED", sharing="MINISTRY")
    address = signed_in(planner).get(f"/views/{view.pk}/")["Location"]
    neighbour = signed_in(factories.person("CLERK", world[0]))

    assert SHOWN in signed_in(planner).get(address).content.decode()
    page = neighbour.get(address).content.decode()
    assert SHOWN not in page
    assert SECRET not in page


# Saving ----------------------------------------------------------------------------------------


def test_a_view_keeps_the_address_as_the_page_writes_it(world, analyst):
    view = keep(analyst, "indicator=X01&rows=unit&cols=month&month=2007-08")

    assert view.query == "rows=unit&cols=month&measure=value&indicator=X01&below=000000&month=2007-08"
    entry = AuditEntry.objects.get(action="view.save")
    assert (entry.actor, entry.details["name"], entry.details["query"]) == (analyst, "各省进度", view.query)


@pytest.mark.parametrize(
    ("kind", "query", "sentence"),
    [
        ("EXPLORE", "indicator=X99", "没有这样的指标：“X99”"),
        ("EXPLORE", "colour=100%25", "地址中的“colour”不是可选的条件。"),
        ("PROGRESS", "unit=999999", "地址中的单位、指标、报告期或工作要点不存在"),
        ("PROGRESS", "level=cousins", "地址中的单位、指标、报告期或工作要点不存在"),
        ("RANKING", "indicator=X99", "地址中的单位、指标、报告期或工作要点不存在"),
        ("WORKBOOK", "month=2007-13", "地址中的单位、指标、报告期或工作要点不存在"),
        ("BOARD", "item=first", "地址中的单位、指标、报告期或工作要点不存在"),
        ("EXPLORE", "sort=" + "x" * 4_000, "条件太长"),
    ],
)
def test_an_address_that_says_nothing_is_not_saved(world, analyst, kind, query, sentence):
    with pytest.raises(NotToBeSaved, match=sentence):
        keep(analyst, query, kind)
    assert not SavedView.objects.exists()


def test_nothing_is_saved_before_the_first_month_is_due(analyst):
    factories.NationFactory()

    with pytest.raises(NotToBeSaved, match="还没有到期的报告期"):
        canonical(analyst, "EXPLORE", QueryDict(""), today=date(2007, 1, 1))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "  "}, "请为视图起一个名称，不超过 60 个字"),
        ({"name": "长" * 61}, "请为视图起一个名称，不超过 60 个字"),
        ({"name": "已有"}, "您已有名为“已有”的视图"),
        ({"sharing": "UNIT"}, "您没有所属填报单位"),
    ],
)
def test_a_view_that_cannot_be_kept_says_why(world, analyst, given, sentence):
    saved(analyst, name="已有")

    with pytest.raises(services.ViewRefused, match=sentence):
        keep(analyst, **given)


def test_a_bureau_shares_with_colleagues_and_the_ministry_with_itself(world, analyst):
    clerk = factories.person("CLERK", world[0])

    assert keep(clerk, sharing="UNIT").unit == world[0]
    assert keep(analyst, sharing="MINISTRY").unit is None
    assert services.sharings_of(clerk) == [Sharing.PRIVATE, Sharing.UNIT]
    assert services.sharings_of(analyst) == [Sharing.PRIVATE, Sharing.MINISTRY]
    with pytest.raises(services.ViewRefused, match="只有部内人员"):
        keep(clerk, name="又一个", sharing="MINISTRY")


def test_a_table_of_one_month_is_not_saved_for_a_year(world, analyst):
    with pytest.raises(services.ViewRefused, match="这类内容一次只含一个报告期"):
        keep(analyst, "month=2007-09", "WORKBOOK", months="YEAR")


def test_a_person_has_so_many_views_and_no_more(world, analyst, monkeypatch):
    monkeypatch.setattr(services, "MOST_VIEWS", 2)
    saved(analyst, name="一")
    keep(analyst, name="二")

    with pytest.raises(services.ViewRefused, match="您已保存 2 个视图，这是上限"):
        keep(analyst, name="三")


def test_a_view_is_renamed_and_shared_otherwise(world, analyst):
    view = keep(analyst)

    changed = services.change_view(view, by=analyst, name="新名称", months="YEAR", sharing="MINISTRY")
    services.change_view(view, by=analyst, name="新名称", months="YEAR", sharing="MINISTRY")

    assert (changed.name, changed.months, changed.sharing) == ("新名称", "YEAR", "MINISTRY")
    assert AuditEntry.objects.filter(action="view.change").count() == 1


def test_a_deleted_view_takes_its_schedules_and_files_with_it(world, analyst):
    view = keep(analyst)
    schedule = scheduled(view)
    ExportRun.objects.create(schedule=schedule, period="2007-09")

    services.delete_view(view, by=analyst)

    assert not SavedView.objects.exists()
    assert not ExportRun.objects.exists()
    assert AuditEntry.objects.filter(action="view.delete", object_id=f"{view.pk}").exists()


def test_another_persons_view_is_neither_changed_nor_deleted(world, analyst, planner):
    view = saved(planner, sharing="MINISTRY")

    for step in (
        lambda: services.change_view(view, by=analyst, name="我的", months="FIXED", sharing="PRIVATE"),
        lambda: services.delete_view(view, by=analyst),
        lambda: services.schedule_export(view, by=analyst, now=NOW, rhythm="WEEKLY", file_format="csv"),
    ):
        with pytest.raises(SavedView.DoesNotExist):
            step()


# What it shows now -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ("FIXED", ["2007-08", "2007-09"]),
        ("NEWEST", ["2007-09"]),
        ("YEAR", [f"2007-0{number}" for number in range(1, 10)]),
    ],
)
def test_the_months_of_a_view_move_on(world, analyst, months, expected):
    query = showing.query_now(saved(analyst, months=months), analyst, today=TODAY)

    assert query.getlist("month") == expected
    assert query["indicator"] == "X01"


def test_the_newest_month_is_the_readers(world):
    """A bureau sees other units' figures of published months only."""
    view = saved(factories.person("CLERK", world[0]), months="NEWEST")

    assert showing.query_now(view, view.owner, today=TODAY)["month"] == "2007-08"


def test_a_table_sorted_by_its_newest_month_stays_so(world, analyst):
    september = ReportingMonth.objects.get(month=date(2007, 9, 1))
    view = saved(analyst, months="NEWEST", query=f"{QUERY}&sort=-2007-08.value")

    assert showing.query_of(view, september)["sort"] == "-2007-09.value"
    assert (
        showing.query_of(saved(analyst, name="别的", query="sort=-X01.value", months="NEWEST"), september)["sort"]
        == "-X01.value"
    )


def test_all_observations_of_a_year_name_no_month(world, analyst):
    view = saved(analyst, kind="FIGURES", query="month=2007-08&indicator=X01", months="YEAR")

    assert showing.query_now(view, analyst, today=TODAY).urlencode() == "indicator=X01"


@pytest.mark.parametrize(
    ("kind", "query", "address"),
    [
        ("EXPLORE", "rows=unit", "/explore/?rows=unit"),
        ("PROGRESS", "month=2007-09", "/overview/?month=2007-09"),
        ("PROGRESS", "month=2007-09&unit=110000", "/units/110000/?month=2007-09"),
        ("RANKING", "month=2007-09&unit=000000&indicator=X01", "/indicators/X01/?month=2007-09&unit=000000"),
        ("WORKBOOK", "unit=000000", "/overview/"),
        ("BOARD", "month=2007-09&item=13", "/plan/items/13/?month=2007-09"),
        ("BOARD", "month=2007-09", "/plan/?month=2007-09"),
    ],
)
def test_a_view_is_opened_on_the_page_it_was_saved_from(kind, query, address):
    assert KINDS[kind].address(QueryDict(query)) == address


def test_an_address_fits_the_kinds_that_know_all_of_it():
    assert fitting(QueryDict("month=2007-09&unit=110000")) == [
        ViewKind.EXPLORE, ViewKind.PROGRESS, ViewKind.RANKING, ViewKind.WORKBOOK, ViewKind.FIGURES,
    ]  # fmt: skip
    assert fitting(QueryDict("month=2007-09&item=13")) == [ViewKind.BOARD]
    assert fitting(QueryDict("page=2")) == []


# The pages -------------------------------------------------------------------------------------


def test_a_view_is_saved_from_the_explorer_without_scripts(world, analyst):
    client = signed_in(analyst)
    page = client.get(f"/explore/?{QUERY}").content.decode()
    link = next(part for part in page.split('"') if part.startswith("/views/new/?")).replace("&amp;", "&")
    form = client.get(link)
    query = form.context["query"]

    answer = client.post(
        "/views/new/", {"query": query, "from": "EXPLORE", "kind": "EXPLORE", "name": "我的表", "months": "YEAR",
                        "sharing": "PRIVATE"}, follow=True,
    )  # fmt: skip

    view = SavedView.objects.get()
    assert (view.name, view.query, view.months) == ("我的表", QUERY, "YEAR")
    assert answer.redirect_chain == [(f"/views/{view.pk}/edit/", 302)]
    assert "已保存视图“我的表”。" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/overview/?month=2007-09", "PROGRESS"),
        ("/units/110000/?month=2007-09", "PROGRESS"),
        ("/indicators/X01/?month=2007-09", "RANKING"),
        ("/plan/?month=2007-09", "BOARD"),
    ],
)
def test_every_page_with_an_export_offers_to_be_saved(world, analyst, path, kind):
    client = signed_in(analyst)
    page = client.get(path).content.decode()
    link = next(part for part in page.split('"') if part.startswith("/views/new/?")).replace("&amp;", "&")

    form = client.get(link).context["form"]

    assert f"kind={kind}" in link
    assert form.initial["kind"] == kind
    assert "EXPLORE" not in dict(form.fields["kind"].choices)


def test_a_refused_form_keeps_what_was_typed(world, analyst):
    client = signed_in(analyst)
    saved(analyst, name="我的表")
    typed = {"query": QUERY, "from": "EXPLORE", "kind": "EXPLORE", "months": "YEAR", "sharing": "PRIVATE"}

    taken = client.post("/views/new/", typed | {"name": "我的表"})
    nameless = client.post("/views/new/", typed | {"name": ""})

    assert taken.status_code == nameless.status_code == 422
    assert "您已有名为“我的表”的视图" in taken.content.decode()
    assert taken.context["query"] == QUERY
    assert taken.context["form"]["months"].value() == "YEAR"


def test_an_address_of_no_kind_is_not_found(analyst):
    assert signed_in(analyst).get("/views/new/?page=2").status_code == 404


def test_the_list_names_own_and_shared_views(world, analyst, planner):
    saved(analyst, name="我的一个", months="NEWEST")
    saved(planner, name="大家的", sharing="MINISTRY", kind="RANKING", query="indicator=X01&unit=000000&month=2007-08")
    saved(planner, name="计划司自用")

    page = signed_in(analyst).get("/views/").context["page"]

    assert [(line.view.name, line.told) for line in page.own] == [
        ("我的一个", ("数据透视", "单位 × 报告期", "数值", "全国", "新增就业", "最新一期"))
    ]
    assert [(line.view.name, line.told) for line in page.shared] == [
        ("大家的", ("排名表", "全国", "新增就业", "2007年8月"))
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(world, analyst, n):
    for number in range(n):
        view = saved(analyst, name=f"视图{number}")
        ExportRun.objects.create(schedule=scheduled(view), period="2007-09")
    client = signed_in(analyst)

    with CaptureQueriesContext(connection) as queries:
        assert len(client.get("/views/").context["page"].own) == n
    assert len(queries) == 13


def test_a_view_leads_to_its_file_with_the_months_of_now(world, analyst):
    view = saved(analyst, months="NEWEST")
    answer = signed_in(analyst).get(f"/views/{view.pk}/?format=csv")

    assert answer["Location"].startswith("/export/explore/?rows=unit")
    assert "month=2007-09" in answer["Location"]
    assert answer["Location"].endswith("format=csv")
    assert signed_in(analyst).get(f"/views/{view.pk}/?format=pdf").status_code == 404


def test_a_view_is_changed_and_deleted_on_its_page(world, analyst):
    view = saved(analyst)
    client = signed_in(analyst)

    given = {"kind": "EXPLORE", "months": "NEWEST", "sharing": "MINISTRY"}
    assert client.post(f"/views/{view.pk}/edit/", given | {"name": "改过"}).status_code == 302
    assert client.post(f"/views/{view.pk}/edit/", given | {"name": ""}).status_code == 422
    view.refresh_from_db()
    assert (view.name, view.months, view.sharing) == ("改过", "NEWEST", "MINISTRY")

    saved(analyst, name="已有")
    taken = client.post(f"/views/{view.pk}/edit/", given | {"name": "已有"})
    assert (taken.status_code, "您已有名为“已有”的视图" in taken.content.decode()) == (422, True)

    assert client.post(f"/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_steps_are_posted_and_nothing_else(world, analyst):
    view = saved(analyst)
    client = signed_in(analyst)

    paths = [f"/views/{view.pk}/delete/", f"/views/{view.pk}/schedule/", "/views/schedules/1/stop/",
             "/views/files/1/retry/"]  # fmt: skip
    assert {client.get(path).status_code for path in paths} == {405}
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_exports_are_scheduled_and_stopped_on_the_views_page(world, analyst):
    view = saved(analyst)
    client = signed_in(analyst)

    answer = client.post(
        f"/views/{view.pk}/schedule/", {"rhythm": "WEEKLY", "file_format": "parquet"}, follow=True
    ).content.decode()
    schedule = ExportSchedule.objects.get()
    assert (schedule.rhythm, schedule.file_format, schedule.starts_on) == ("WEEKLY", "parquet", TODAY)
    assert "下次 2007-10-15" in answer

    again = client.post(f"/views/{view.pk}/schedule/", {"rhythm": "WEEKLY", "file_format": "parquet"})
    assert (again.status_code, "已按同样的时间和格式定时导出" in again.content.decode()) == (422, True)
    assert client.post(f"/views/{view.pk}/schedule/", {"rhythm": "HOURLY"}).status_code == 422

    client.post(f"/views/schedules/{schedule.pk}/stop/")
    client.post(f"/views/schedules/{schedule.pk}/stop/")
    schedule.refresh_from_db()
    assert schedule.ended_because == "STOPPED"
    assert [entry.action for entry in AuditEntry.objects.filter(object_type="reporting.ExportSchedule")] == [
        "view.schedule", "view.unschedule",
    ]  # fmt: skip


def test_a_schedule_that_cannot_be_says_why(world, analyst, monkeypatch):
    monkeypatch.setattr(services, "MOST_SCHEDULES", 1)
    workbook = saved(analyst, name="工作簿", kind="WORKBOOK", query="unit=110000", months="NEWEST")

    with pytest.raises(services.ScheduleRefused, match="“分析工作簿”只能导出为 Excel"):
        services.schedule_export(workbook, by=analyst, now=NOW, rhythm="WEEKLY", file_format="csv")
    services.schedule_export(workbook, by=analyst, now=NOW, rhythm="WEEKLY", file_format="xlsx")
    with pytest.raises(services.ScheduleRefused, match="您已有 1 项定时导出，这是上限"):
        services.schedule_export(workbook, by=analyst, now=NOW, rhythm="AFTER_DUE", file_format="xlsx")


def test_an_export_is_tried_again_only_where_it_was_given_up(world, analyst):
    schedule = scheduled(saved(analyst))
    problem = {"template": "系统出错", "params": None}
    run = ExportRun.objects.create(schedule=schedule, period="2007-09", state="FAILED", problem=problem, n_attempts=5)
    client = signed_in(analyst)
    assert "系统出错" in client.get("/views/").content.decode()

    client.post(f"/views/files/{run.pk}/retry/")
    run.refresh_from_db()
    assert (run.state, run.n_attempts, run.problem) == ("WAITING", 0, None)
    assert run.next_at <= timezone.now()

    refused = client.post(f"/views/files/{run.pk}/retry/", follow=True)
    assert "只有没有生成的导出可以重试" in refused.content.decode()
    ExportRun.objects.filter(pk=run.pk).update(state="FAILED", problem=problem)
    services.end_schedule(schedule, services.ScheduleEnd.STOPPED, now=NOW)
    with pytest.raises(services.ScheduleRefused, match="已经停止，不能重试"):
        services.retry(run, by=analyst)
