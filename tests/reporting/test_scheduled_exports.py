"""Scheduled exports: once per period, with the rights of that moment, kept for a while and for one person."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pgtrigger
import pyarrow.parquet
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from openpyxl import load_workbook

from accounts.models import AuditEntry, ReportingUnit, User
from notices.models import Notice
from notices.sentences import mail_sentence, sentence
from reporting.models import ExportRun, ExportSchedule
from reporting.saved import services, timing, worker
from reporting.saved.models import Rhythm
from reporting.saved.pages import RunLine
from reporting.saved.timing import Day
from submissions import signals
from submissions.models import ReportingMonth
from tests import factories
from tests.reporting.test_pages import SECRET, signed_in, small_world
from tests.reporting.views_saved import NOW, saved, scheduled

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    """September is published on the day that the tests take for today."""
    units = small_world()
    by = User.objects.get(username="second")
    ReportingMonth.objects.filter(month=date(2007, 9, 1)).update(published_at=NOW, published_by=by)
    return units


def made(**given: object) -> list[str | None]:
    return [outcome.state for outcome in worker.make_due(now=NOW, **given)]


def at_hand() -> None:
    """Let what waits for its next attempt be due now."""
    ExportRun.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def content() -> bytes:
    return bytes(ExportRun.objects.defer(None).get().content)


# When ------------------------------------------------------------------------------------------

SEPTEMBER = Day("2007-09", date(2007, 10, 8), None)
AUGUST = Day("2007-08", date(2007, 9, 5), date(2007, 9, 12))


@pytest.mark.parametrize(
    ("rhythm", "starts_on", "today", "expected"),
    [
        (Rhythm.AFTER_DUE, date(2007, 10, 1), date(2007, 10, 8), []),
        (Rhythm.AFTER_DUE, date(2007, 10, 1), date(2007, 10, 9), ["2007-09"]),
        (Rhythm.AFTER_DUE, date(2007, 9, 1), date(2007, 12, 1), ["2007-08", "2007-09"]),
        (Rhythm.AFTER_DUE, date(2007, 10, 9), date(2007, 10, 12), ["2007-09"]),
        (Rhythm.AFTER_DUE, date(2007, 10, 10), date(2007, 10, 12), []),
        (Rhythm.AFTER_PUBLICATION, date(2007, 9, 1), date(2007, 10, 12), ["2007-08"]),
        (Rhythm.AFTER_PUBLICATION, date(2007, 9, 13), date(2007, 10, 12), []),
        (Rhythm.WEEKLY, date(2007, 10, 8), date(2007, 10, 8), ["2007-W41"]),
        (Rhythm.WEEKLY, date(2007, 10, 9), date(2007, 10, 14), []),
        (Rhythm.WEEKLY, date(2007, 9, 1), date(2007, 10, 14), ["2007-W41"]),
        (Rhythm.WEEKLY, date(2007, 9, 1), date(2007, 10, 15), ["2007-W42"]),
    ],
)
def test_an_export_is_due_by_the_calendar(rhythm, starts_on, today, expected):
    assert list(timing.due_periods(rhythm, [AUGUST, SEPTEMBER], starts_on=starts_on, today=today)) == expected


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm.AFTER_DUE, date(2007, 10, 9)),
        (Rhythm.AFTER_PUBLICATION, None),
        (Rhythm.WEEKLY, date(2007, 10, 8)),
    ],
)
def test_the_next_export_has_a_day_where_there_is_one(rhythm, expected):
    assert timing.next_on(rhythm, [AUGUST, SEPTEMBER], today=date(2007, 10, 5)) == expected


# What --------------------------------------------------------------------------------------------


def test_what_is_made_is_what_the_owner_would_download(world, analyst):
    scheduled(saved(analyst, months="NEWEST"))

    assert made() == ["DONE"]

    rows = list(csv.DictReader(io.StringIO(content().decode("utf-8-sig"))))
    client = signed_in(analyst)
    view = analyst.saved_views.get()
    downloaded = b"".join(client.get(f"/views/{view.pk}/?format=csv", follow=True).streaming_content)
    assert content() == downloaded
    assert {row["unit"]: row["2007-09.value"] for row in rows}["120000"] == SECRET
    run = ExportRun.objects.get()
    assert (run.period, run.size, run.made_at) == ("2007-09", len(downloaded), NOW)


@pytest.mark.parametrize(
    ("kind", "query", "form"),
    [
        ("EXPLORE", "rows=unit&cols=month&measure=value&measure=rank&measure=status", "parquet"),
        ("FIGURES", "indicator=X01", "parquet"),
        ("FIGURES", "indicator=X01", "xlsx"),
        ("FIGURES", "indicator=X01", "csv"),
        ("EXPLORE", "rows=unit&cols=month&measure=value", "xlsx"),
        ("WORKBOOK", "unit=110000", "xlsx"),
        ("PROGRESS", "unit=000000&level=children", "xlsx"),
        ("RANKING", "unit=000000&indicator=X01", "xlsx"),
        ("BOARD", "", "xlsx"),
    ],
)
def test_every_kind_is_made_in_every_format_it_has(world, analyst, kind, query, form):
    scheduled(saved(analyst, kind=kind, query=query, months="NEWEST"), file_format=form)

    assert made() == ["DONE"]

    opened = {
        "xlsx": lambda data: load_workbook(io.BytesIO(data)).worksheets[0].max_row > 1,
        "csv": lambda data: len(data.decode().splitlines()) > 1,
        "parquet": lambda data: pyarrow.parquet.read_table(io.BytesIO(data)).num_columns > 3,
    }
    assert opened[form](content())


def test_the_explorer_as_parquet_has_the_numbers_of_its_csv(world, analyst):
    query = "rows=unit&cols=month&measure=value&measure=rank&measure=status&measure=completion_rate&indicator=X01"
    client = signed_in(analyst)
    answers = {
        form: b"".join(client.get(f"/export/explore/?{query}&month=2007-09&format={form}").streaming_content)
        for form in ("csv", "parquet")
    }

    table = pyarrow.parquet.read_table(io.BytesIO(answers["parquet"]))
    plain = list(csv.DictReader(io.StringIO(answers["csv"].decode("utf-8-sig"))))

    assert table.column_names == list(plain[0])
    assert [str(row["2007-09.rank"] or "") for row in table.to_pylist()] == [row["2007-09.rank"] for row in plain]
    assert [row["2007-09.status"] for row in table.to_pylist()] == [row["2007-09.status"] or None for row in plain]
    assert [row["2007-09.value"] for row in table.to_pylist() if row["unit"] == "120000"] == [int(SECRET)]
    assert "说明" in {name.decode() for name in table.schema.metadata}


def test_titles_are_in_the_owners_language(world, analyst):
    analyst.language = "en"
    analyst.save(update_fields=["language"])
    scheduled(saved(analyst, kind="RANKING", query="unit=000000&indicator=X01", months="NEWEST"), file_format="xlsx")

    made()

    first = load_workbook(io.BytesIO(content())).worksheets[0]["A1"].value
    assert first.isascii()


def test_the_months_of_a_missed_run_are_its_own(world, analyst):
    """The worker was away in September; what it makes in October of August is August's."""
    view = saved(analyst, months="YEAR")
    scheduled(view, rhythm="AFTER_DUE", starts_on=date(2007, 9, 1))
    run = ExportRun(schedule=view.schedules.get(), period="2007-08")

    assert worker.query_for(run, analyst, NOW).getlist("month") == [f"2007-0{number}" for number in range(1, 9)]
    assert made() == ["DONE", "DONE"]
    assert sorted(ExportRun.objects.values_list("period", flat=True)) == ["2007-08", "2007-09"]


def test_a_week_has_the_month_that_pages_open_with(world, analyst):
    view = saved(analyst, months="NEWEST")
    run = ExportRun(schedule=scheduled(view, rhythm="WEEKLY"), period="2007-W41")

    assert worker.query_for(run, analyst, NOW)["month"] == "2007-09"


# Once -------------------------------------------------------------------------------------------


def test_an_export_is_made_and_told_once(world, analyst):
    scheduled(saved(analyst))

    assert made() == ["DONE"]
    assert made() == []

    assert Notice.objects.filter(recipient=analyst, kind="EXPORT_READY").count() == 1
    assert AuditEntry.objects.filter(action="export.make", actor=analyst).count() == 1


def test_nothing_is_made_while_another_worker_works(world, analyst):
    scheduled(saved(analyst))

    with worker.alone(worker.LOCK):
        assert made() == []
    assert made() == ["DONE"]


def test_a_worker_that_is_to_end_leaves_the_rest(world, analyst):
    scheduled(saved(analyst))

    assert made(should_stop=lambda: True) == []
    assert ExportRun.objects.get().state == "WAITING"


def test_an_export_that_was_deleted_meanwhile_is_not_kept(world, analyst, monkeypatch):
    view = saved(analyst)
    scheduled(view)
    making = worker._made

    def deleted_meanwhile(*given: object) -> object:
        done = making(*given)
        services.delete_view(view, by=analyst)
        return done

    monkeypatch.setattr(worker, "_made", deleted_meanwhile)

    assert made() == [None]
    assert not ExportRun.objects.exists()
    assert not Notice.objects.exists()


def test_a_worker_that_died_leaves_one_file(world, analyst, monkeypatch):
    """Whatever ends it between the file and its commit: nothing is half-written, and the next worker makes it."""
    scheduled(saved(analyst))

    def power_cut(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(worker.telling, "tell_of_run", power_cut)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            made()
    assert not Notice.objects.exists()

    at_hand()
    assert made() == ["DONE"]
    assert ExportRun.objects.filter(state="DONE").count() == Notice.objects.count() == 1


# With which rights ------------------------------------------------------------------------------


def test_rights_are_those_of_the_moment(world):
    """What the owner could see when they saved it does not matter: they work for another bureau now."""
    clerk = factories.person("CLERK", world[1], username="clerk")
    scheduled(saved(clerk, months="FIXED"), rhythm="AFTER_DUE")
    clerk.grants.update(unit=world[0])
    _unpublish()

    assert made() == ["DONE"]

    assert SECRET not in content().decode()


def _unpublish() -> None:
    """Take September's publication back, which the portal never does."""
    with pgtrigger.ignore("submissions.ReportingMonth:publication_is_kept"):
        ReportingMonth.objects.filter(month=date(2007, 9, 1)).update(published_at=None, published_by=None)


@pytest.mark.parametrize("how", ["deactivated", "roles ended"])
def test_a_lost_right_ends_the_schedule(world, analyst, how):
    view = saved(analyst, name="机密 7654000")
    schedule = scheduled(view)
    if how == "deactivated":
        User.objects.filter(pk=analyst.pk).update(is_active=False)
    else:
        analyst.grants.update(starts_on=date(2007, 1, 1), ends_on=date(2007, 1, 1))

    assert made() == [None]
    assert made() == []

    schedule.refresh_from_db()
    assert schedule.ended_because == "NO_RIGHT"
    assert not ExportRun.objects.exists()
    notice = Notice.objects.get(recipient=analyst)
    assert "已停止" in sentence(notice.kind, notice.words)
    assert "7654000" not in mail_sentence(notice.kind, notice.words)


def test_what_is_closed_to_the_owner_is_not_made_and_says_so(world, monkeypatch):
    clerk = factories.person("CLERK", world[0], username="clerk")
    _unpublish()
    view = saved(clerk, kind="WORKBOOK", query=f"unit={world[1].code}", months="NEWEST")
    scheduled(view, rhythm="AFTER_DUE", file_format="xlsx")

    assert made() == ["FAILED"]

    run = ExportRun.objects.get()
    assert run.problem_told == "这一期的数据您现在不能查看，或视图中的单位、指标已不存在。"
    with translation.override("en"):
        assert run.problem_told.isascii()
    assert Notice.objects.get(recipient=clerk).kind == "EXPORT_FAILED"


# What goes wrong ---------------------------------------------------------------------------------


def test_a_failure_of_the_system_is_tried_again_and_then_given_up(world, analyst, monkeypatch):
    scheduled(saved(analyst))

    def broken(*_given: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(worker, "_made", broken)
        states = []
        for _attempt in range(5):
            states += made()
            assert made() == []  # not before its time
            at_hand()
    run = ExportRun.objects.get()
    assert states == ["WAITING"] * 4 + ["FAILED"]
    assert run.problem_told == f"系统出错，已记录，多次重试仍未成功。请稍后重试，或把编号 {run.pk} 告诉管理员。"
    assert Notice.objects.filter(kind="EXPORT_FAILED").count() == 1

    services.retry(run, by=analyst)
    assert made() == ["DONE"]
    assert ExportRun.objects.get().problem is None


def test_a_view_that_is_no_longer_understood_says_why(world, analyst):
    scheduled(saved(analyst, query="rows=unit&cols=month&indicator=GONE"))

    assert made() == ["FAILED"]
    assert ExportRun.objects.get().problem_told == "没有这样的指标：“GONE”。请在表单中重新选择。"


def test_a_file_too_long_to_keep_is_not_kept(world, analyst, monkeypatch):
    monkeypatch.setattr(worker, "MOST_BYTES", 10)
    scheduled(saved(analyst))

    assert made() == ["FAILED"]
    assert ExportRun.objects.get().problem_told.startswith("文件超过 0 MB")


# The file ----------------------------------------------------------------------------------------


def test_the_file_is_its_owners_alone(world, analyst, planner):
    scheduled(saved(analyst, sharing="MINISTRY"))
    made()
    path = f"/views/files/{ExportRun.objects.get().pk}/"

    answer = signed_in(analyst).get(path)

    assert b"".join(answer.streaming_content) == content()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "2007-09.csv" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store, private"
    assert AuditEntry.objects.filter(action="export.take", actor=analyst).count() == 1
    assert signed_in(planner).get(path).status_code == 404
    assert signed_in(planner).get("/views/").context["page"].runs == []
    assert Client().get(path)["Location"] == f"/accounts/login/?next={path}"


def test_a_notice_leads_to_the_file_and_says_no_figure(world, analyst):
    scheduled(saved(analyst))
    made()
    notice = Notice.objects.get()

    page = signed_in(analyst).get(notice.path.partition("#")[0]).content.decode()

    assert f'id="{notice.path.partition("#")[2]}"' in page
    assert sentence(notice.kind, notice.words) == "定时导出“各省进度”已生成，请在到期前下载。"
    assert mail_sentence(notice.kind, notice.words) == "一项定时导出已生成，请在到期前下载。"


def test_an_expired_file_is_gone_and_its_run_stays(world, analyst):
    scheduled(saved(analyst))
    made()
    run = ExportRun.objects.get()
    assert RunLine(run, "").look.word == "已生成"
    ExportRun.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client = signed_in(analyst)

    assert client.get(f"/views/files/{run.pk}/").status_code == 404
    assert "已到期" in client.get("/views/").content.decode()
    assert made() == []

    assert ExportRun.objects.defer(None).get().content is None
    assert ExportRun.objects.get().state == "DONE"


def test_files_expire_even_where_nothing_is_scheduled_any_more(world, analyst):
    schedule = scheduled(saved(analyst))
    made()
    ExportSchedule.objects.filter(pk=schedule.pk).update(ended_at=NOW, ended_because="STOPPED")
    ExportRun.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    made()

    assert ExportRun.objects.defer(None).get().content is None


# Who runs it --------------------------------------------------------------------------------------


def test_the_worker_of_imports_makes_them_too(world, analyst):
    scheduled(saved(analyst))

    signals.worker_idle.send(sender=None, should_stop=lambda: False)

    assert ExportRun.objects.get().state == "DONE"


def test_the_command_says_what_it_made_and_a_dry_run_makes_nothing(world, analyst):
    scheduled(saved(analyst))
    out = io.StringIO()

    call_command("run_exports", dry_run=True, stdout=out)
    assert not ExportRun.objects.exists()
    call_command("run_exports", stdout=out)

    assert out.getvalue().splitlines() == [
        f"{analyst.username} “各省进度” 2007-09 csv: waits, attempts 0",
        "total: 1 (dry run: nothing was made)",
        f"{analyst.username} “各省进度” 2007-09 csv: done",
        "made: 1",
    ]
