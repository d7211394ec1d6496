"""Large imports in the background: handed in once, stored whole or not at all, watched, cancelled, tried again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as people
from accounts.models import AuditEntry, User
from notices.models import Notice
from submissions.bulk import imports
from submissions.jobs import desk, worker
from submissions.models import Figure, ImportJob, JobKind, JobState, MonthlyReport
from tests.api.conftest import Caller, country, people_of  # noqa: F401 -- fixtures
from tests.factories import shanghai
from workplan.lib import locks

NOW = shanghai(2007, 10, 12)
ADDRESS = "/api/v1/figures/import/"
PAGE = "/reports/imports/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HEADER = "month,unit,indicator,value\r\n"
GOOD = HEADER + "2007-06,440000,T01,310000\r\n2007-07,440000,T01,320000\r\n2007-07,440000,T11,850000\r\n"
BAD = HEADER + "2007-06,440000,T01,310000\r\n2007-07,440000,T01,x\r\n"


@pytest.fixture
def clerk(people_of):  # noqa: F811
    return people_of["gd_clerk"]


@pytest.fixture
def small(settings):
    """Two rows are as much as anybody waits for."""
    settings.IMPORT_ROWS = 2
    return settings


@pytest.fixture
def program(clerk):
    token = people.create_token(clerk, name="test", scope="WRITE", ttl=timedelta(hours=1))
    made = Caller()
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {token.text}")
    return made


@pytest.fixture
def signed_in(client, clerk):
    client.force_login(clerk, backend=BACKEND)
    return client


def send(program, content=GOOD, query="", **headers):
    return program.generic("POST", f"{ADDRESS}{query}", content.encode(), content_type="text/csv", headers=headers)


def handed_in(by, content=GOOD, **options):
    return desk.hand_in(desk.Parcel(content.encode(), JobKind.CSV), imports.Options(**options), by=by, now=NOW)


def run(**options):
    """Run what waits on the connection of the test; return the newest job."""
    one = worker.Worker(connection, **options)
    assert one.hold()
    while one.run_next():
        pass
    one.release()
    return ImportJob.objects.order_by("-queued_at").first()


# From 202 to the answer ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_x35_a_large_batch_is_answered_with_its_job_and_imported_by_the_worker(program, small):
    answer = send(program)
    address = answer["Location"]
    waiting = program.get(address).json()

    call_command("run_jobs", "--once")
    done = program.get(address).json()

    assert (answer.status_code, answer.json()) == (202, {"job": address, "status": "queued"})
    assert (waiting["status"], waiting["progress"], waiting["result"]) == ("queued", {"done": 0, "total": 0}, None)
    assert (done["status"], done["progress"], done["problem"]) == ("done", {"done": 3, "total": 3}, "")
    assert done["result"] == {"created": 3, "updated": 0, "unchanged": 0, "rejected": 0, "errors": []}
    assert Figure.objects.count() == 3
    assert bytes(ImportJob.objects.defer(None).get().content) == b""
    call_command("verify_audit")


def test_the_answer_given_again_under_its_key_says_where_the_job_is(program, small):
    first, again = (send(program, **{"Idempotency-Key": "k"}) for _time in range(2))

    assert (again.status_code, again["Location"], again["Idempotent-Replayed"]) == (202, first["Location"], "true")


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_every_format_becomes_a_job(program, clerk, small, kind, tmp_path):
    if kind == "json":
        small.IMPORT_JSON_BYTES = 10
        figures = [{"month": "2007-06", "unit": "440000", "indicator": "T01", "value": "310000"}]
        answer = program.post(ADDRESS, {"figures": figures}, format="json")
    else:
        from openpyxl import Workbook

        book = Workbook()
        for line in GOOD.split("\r\n")[:-1]:
            book.active.append(line.split(","))
        book.save(tmp_path / "a.xlsx")
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        answer = program.generic("POST", ADDRESS, (tmp_path / "a.xlsx").read_bytes(), content_type=content_type)

    assert answer.status_code == 202, answer.content
    assert run().state == JobState.DONE
    assert Figure.objects.get(indicator__code="T01", filing__report__period__month="2007-06-01").value == 310_000


def test_a_whole_import_with_a_fault_fails_and_stores_nothing(program, small):
    small.IMPORT_ROWS = 1
    address = send(program, BAD)["Location"]
    run()

    told = program.get(address).json()
    assert (told["status"], told["problem"][:9]) == ("failed", "有 1 处不能导入")
    assert [(one["row"], one["column"]) for one in told["result"]["errors"]] == [(3, "value")]
    assert MonthlyReport.objects.count() == 0


def test_a_list_of_errors_that_is_cut_says_so(clerk, monkeypatch):
    monkeypatch.setattr(worker, "MOST_ERRORS", 1)
    handed_in(clerk, BAD + "2007-08,440000,T01,x\r\n")

    job = run()
    assert (len(job.told["errors"]), job.told["notes"]) == (1, ["清单只列出前 1 处。"])
    assert job.problem_told.endswith("清单只列出前 1 处。")


def test_a_partial_import_keeps_the_good_reports(program, small):
    small.IMPORT_ROWS = 1
    send(program, BAD, "?mode=partial")

    assert run().state == JobState.DONE
    assert Figure.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [("month\r\n1\r\n", JobKind.CSV), ('{"figures": 1}', JobKind.JSON), ("[", JobKind.JSON), ("PK", JobKind.XLSX)],
)
def test_a_file_that_cannot_be_read_fails_with_its_sentence(clerk, content, kind):
    desk.hand_in(desk.Parcel(content.encode(), kind), imports.Options(), by=clerk, now=NOW)

    job = run()
    assert (job.state, bool(job.problem), bool(job.result["errors"])) == (JobState.FAILED, True, True)


def test_more_rows_than_a_job_may_hold_are_refused(clerk, settings):
    settings.IMPORT_JOB_ROWS = 2
    handed_in(clerk)

    assert "超过 2 行" in run().problem_told


def test_the_sentences_are_in_the_language_of_the_reader(program, small):
    small.IMPORT_ROWS = 1
    address = send(program, BAD, **{"Accept-Language": "en"})["Location"]
    run()

    chinese, english = (program.get(address, headers={"Accept-Language": tag}).json() for tag in ("zh-hans", "en"))

    assert (chinese["problem"][:9], english["problem"][:2]) == ("有 1 处不能导入", "1 ")
    assert "不是一个数" in chinese["result"]["errors"][0]["message"]
    assert "not a number" in english["result"]["errors"][0]["message"]


def test_a_file_refused_as_a_whole_is_told_in_the_language_of_the_reader(program, clerk):
    job = handed_in(clerk, "month\r\n1\r\n")
    run()

    english = program.get(f"{ADDRESS}jobs/{job.pk}/", headers={"Accept-Language": "en"}).json()

    assert english["problem"] == english["result"]["errors"][0]["message"]
    assert "header" in english["problem"]


# Once ------------------------------------------------------------------------------------------


def test_x36_a03_the_same_file_handed_in_twice_is_one_job(program, clerk, small):
    addresses = {send(program)["Location"] for _time in range(2)}
    other = send(program, query="?dry_run=true")["Location"]

    assert len(addresses) == 1
    assert other not in addresses
    assert AuditEntry.objects.filter(action="import.queue").count() == 2


def test_a_person_has_so_many_jobs_waiting(clerk, program, small):
    for number in range(desk.MOST_WAITING):
        handed_in(clerk, f"{GOOD}2007-08,440000,T01,{number}\r\n")

    answer = send(program)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (429, "too_many_waiting")


@pytest.mark.django_db(transaction=True)
def test_i19_a_second_worker_leaves_everything_to_the_first(clerk):
    handed_in(clerk)
    control = locks.own_connection()
    try:
        assert worker.Worker(control).hold()
        call_command("run_jobs", "--once")
        assert ImportJob.objects.get().state == JobState.QUEUED
    finally:
        control.close()

    call_command("run_jobs", "--once")
    assert ImportJob.objects.get().state == JobState.DONE


# Who -------------------------------------------------------------------------------------------


def test_another_persons_job_is_not_there(clerk, people_of, client):  # noqa: F811
    job = handed_in(clerk)
    for name in ("gd_lead", "ministry"):
        client.force_login(people_of[name], backend=BACKEND)
        answers = [
            client.get(f"{ADDRESS}jobs/{job.pk}/"),
            *(client.post(f"{ADDRESS}jobs/{job.pk}/{step}/") for step in ("cancel", "retry")),
            *(client.post(f"{PAGE}{job.pk}/{step}/") for step in ("cancel", "retry", "import")),
            client.get(f"{PAGE}{job.pk}/errors/"),
        ]
        assert [one.status_code for one in answers] == [404] * 7
        assert str(job.pk) not in client.get(PAGE).content.decode()


def test_who_files_for_nobody_has_no_jobs(client, people_of):  # noqa: F811
    client.force_login(people_of["analyst"], backend=BACKEND)

    assert client.get(PAGE).status_code == 403


def test_rights_are_asked_for_when_the_job_runs(clerk):
    handed_in(clerk)
    clerk.is_active = False
    clerk.save()

    job = run()
    assert (job.state, "停用" in job.problem_told, Figure.objects.count()) == (JobState.FAILED, True, 0)


@pytest.mark.parametrize("moment", ["waiting", "running"])
@pytest.mark.parametrize("lost", ["token", "account"])
def test_a_job_ends_when_its_token_or_account_does(program, clerk, small, monkeypatch, moment, lost):
    """Also between reading and writing; tried again by its person, it needs no token."""

    def lose():
        if lost == "token":
            clerk.auth_token_set.all().delete()
        else:
            User.objects.filter(pk=clerk.pk).update(is_active=False)

    def lose_and_hold(job):
        lose()
        hold(job)

    hold = worker._hold_uncancelled
    send(program)
    if moment == "waiting":
        lose()
    else:
        monkeypatch.setattr(worker, "_hold_uncancelled", lose_and_hold)

    job = run()

    assert (job.state, Figure.objects.count()) == (JobState.FAILED, 0)
    assert {"token": "令牌已失效", "account": "账户已停用"}[lost] in job.problem_told
    if lost == "token":
        desk.retry(job, by=clerk)
        assert run().state == JobState.DONE


def test_x36_the_same_content_again_says_when_it_was_imported(program, signed_in, clerk, small):
    send(program)
    first = run()
    address = send(program)["Location"]
    run()

    told = program.get(address).json()

    assert told["imported_before"] is not None
    assert told["result"] == {"created": 0, "updated": 0, "unchanged": 3, "rejected": 0, "errors": []}
    assert ImportJob.objects.visible_to(clerk).get(pk=first.pk).imported_before is None
    assert signed_in.get(PAGE).content.decode().count("同一内容已于") == 1


def test_a_checked_file_shows_what_its_import_would_change(signed_in, clerk):
    handed_in(clerk, dry_run=True)
    job = run()

    page = signed_in.get(PAGE).content.decode()

    assert [one["new"] for one in job.told["changes"]] == ["310,000", "320,000", "850,000"]
    assert "预览前 3 项改动" in page
    assert "310,000" in page


def test_a_role_that_ended_meanwhile_stores_nothing(clerk):
    handed_in(clerk)
    clerk.grants.all().delete()

    assert (run().state, Figure.objects.count()) == (JobState.FAILED, 0)


@pytest.mark.parametrize(
    ("content", "kind"), [(GOOD, "IMPORTED"), (GOOD + "2007-06,440000,T01,abc\r\n", "IMPORT_FAILED")]
)
def test_who_sent_the_file_is_told_of_its_end_and_of_every_further_try(clerk, client, content, kind):
    handed_in(clerk, content, dry_run=True)

    job = run()

    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind) == (clerk, kind)
    client.force_login(clerk)
    assert f'id="job-{job.pk}"' in client.get(notice.path).content.decode()
    again = desk.retry(job, by=clerk) if kind == "IMPORT_FAILED" else desk.import_checked(job, by=clerk)
    run()
    assert Notice.objects.filter(key__startswith=f"import:{again.pk}").count() == 2


# Cancelled, stopped, interrupted ---------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once_and_tried_again(program, small):
    address = send(program)["Location"]

    cancelled = program.post(f"{address}cancel/").json()
    again = program.post(f"{address}cancel/")
    retried = program.post(f"{address}retry/").json()

    assert [cancelled["status"], again.status_code, retried["status"]] == ["cancelled", 409, "queued"]
    assert program.post(f"{address}retry/").status_code == 409
    assert run().state == JobState.DONE
    entries = AuditEntry.objects.filter(action__startswith="import.").order_by("number")
    assert [entry.action for entry in entries] == ["import.queue", "import.cancel", "import.queue", "import.finish"]


@pytest.mark.parametrize("moment", ["between reports", "at the last moment"])
def test_a_running_job_that_is_cancelled_stores_nothing(clerk, monkeypatch, moment):
    job = handed_in(clerk)
    if moment == "between reports":
        monkeypatch.setattr(worker, "BEAT_SECONDS", 0)
        write = worker.Worker.beat

        def beat(self, job, done, total):
            write(self, job, done, total)
            if done:
                desk.cancel(ImportJob.objects.get(), by=clerk)

        monkeypatch.setattr(worker.Worker, "beat", beat)
    else:
        run_import = imports.run

        def run_then_cancel(*arguments, **options):
            outcome = run_import(*arguments, **options)
            ImportJob.objects.filter(pk=job.pk).update(cancel_asked=True)
            return outcome

        monkeypatch.setattr(imports, "run", run_then_cancel)

    assert (run().state, Figure.objects.count()) == (JobState.CANCELLED, 0)


def test_a_worker_asked_to_stop_puts_its_job_back(clerk):
    handed_in(clerk)
    answers = iter([False, True])
    one = worker.Worker(connection, lambda: next(answers, True))
    one.run_next()

    # The first step between reports hears it; the next worker begins anew.
    assert (ImportJob.objects.get().state, Figure.objects.count()) == (JobState.QUEUED, 0)
    assert run().state == JobState.DONE


def test_a_job_held_for_interrupted_by_another_worker_stores_nothing(clerk, monkeypatch):
    handed_in(clerk)
    run_import = imports.run

    def lose(*arguments, **options):
        outcome = run_import(*arguments, **options)
        worker.mark_interrupted()
        return outcome

    monkeypatch.setattr(imports, "run", lose)
    run()

    assert Figure.objects.count() == 0


def test_a_fault_of_ours_fails_the_job_and_only_it(clerk, monkeypatch, caplog):
    handed_in(clerk)
    monkeypatch.setattr(imports, "run", lambda *_arguments, **_options: 1 / 0)

    job = run()
    assert (job.state, str(job.pk) in job.problem_told) == (JobState.FAILED, True)


def test_i12_a_file_that_needs_too_much_memory_fails_alone(clerk, monkeypatch):
    def greedy(_job):
        raise MemoryError

    handed_in(clerk)
    monkeypatch.setattr(worker, "source_of", greedy)

    assert "内存不足" in run().problem_told


_KILLED = """
import os, signal
from submissions.jobs import worker
finish = worker.Worker._finish
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
worker.Worker._finish = die
from django.core.management import call_command
call_command("run_jobs", "--once")
"""


@pytest.mark.django_db(transaction=True)
def test_x37_a_killed_worker_stores_nothing_and_the_job_can_be_tried_again(clerk):
    """The process dies with everything written and nothing committed."""
    job = handed_in(clerk)
    script = (
        "import django; from django.conf import settings;"
        f"settings.DATABASES['default']['NAME'] = {connection.settings_dict['NAME']!r}; django.setup()\n" + _KILLED
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "workplan.settings"}
    killed = subprocess.run([sys.executable, "-c", script], env=environment, timeout=300, check=False)

    assert killed.returncode == -signal.SIGKILL
    assert (ImportJob.objects.get().state, Figure.objects.count()) == (JobState.RUNNING, 0)

    _until_lock_is_free()
    worker.mark_interrupted()
    lost = ImportJob.objects.get()
    assert (lost.state, "文件已保留" in lost.problem_told) == (JobState.INTERRUPTED, True)

    desk.retry(job, by=clerk)
    call_command("run_jobs", "--once")
    assert (ImportJob.objects.get().state, Figure.objects.count()) == (JobState.DONE, 3)


def _until_lock_is_free():
    until = time.monotonic() + 240
    one = worker.Worker(connection)
    while not one.hold():
        assert time.monotonic() < until, "the dead worker's lock was not given back"
        time.sleep(0.05)
    one.release()


@pytest.mark.django_db(transaction=True)
def test_the_command_runs_until_its_parent_is_gone(clerk):
    handed_in(clerk)
    call_command("run_jobs", "--parent", str(os.getpid()))  # nobody is their own parent

    assert ImportJob.objects.get().state == JobState.QUEUED


# Pages -----------------------------------------------------------------------------------------


def test_a_large_upload_is_checked_in_the_background_then_imported(signed_in, small):
    answer = signed_in.post("/reports/workbook/", {"file": SimpleUploadedFile("六月.csv", GOOD.encode())})
    waiting = signed_in.get(PAGE).content.decode()
    checked = run()
    shown = signed_in.get(PAGE).content.decode()

    assert answer["Location"] == PAGE
    assert 'hx-trigger="every 2s"' in waiting
    assert "排队中" in waiting
    assert (checked.dry_run, Figure.objects.count()) == (True, 0)
    assert "导入 3 项数据" in shown
    assert "hx-trigger" not in shown

    for _click in range(2):
        signed_in.post(f"{PAGE}{checked.pk}/import/")
    assert run().state == JobState.DONE
    assert Figure.objects.count() == 3
    assert "新增 3" in signed_in.get(PAGE).content.decode()


def test_the_page_offers_cancel_retry_and_the_list_of_errors(signed_in, clerk, people_of):  # noqa: F811
    job = handed_in(clerk, BAD)
    assert f"{job.pk}/cancel/" in signed_in.get(PAGE).content.decode()
    assert signed_in.get(f"{PAGE}{job.pk}/errors/").status_code == 404
    run()

    page = signed_in.get(PAGE).content.decode()
    errors = b"".join(signed_in.get(f"{PAGE}{job.pk}/errors/").streaming_content).decode("utf-8-sig")

    assert f"{job.pk}/retry/" in page
    assert "有 1 处不能导入" in page
    assert errors.splitlines()[1].startswith("3,value,")
    assert "不能取消" in signed_in.post(f"{PAGE}{job.pk}/cancel/", follow=True).content.decode()
    signed_in.post(f"{PAGE}{job.pk}/retry/")
    assert ImportJob.objects.get().state == JobState.QUEUED


@pytest.mark.parametrize("state", JobState.values)
def test_each_state_is_shown_as_word_shape_and_colour(signed_in, clerk, state):
    made(by=clerk, **usual(state))

    page = signed_in.get(PAGE, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert str(JobState(state).label) in page
    assert "pill__shape" in page


def test_the_page_asks_as_often_for_one_job_as_for_many(signed_in, clerk):
    counted = []
    signed_in.get(PAGE)
    for number in (1, 30):
        for one in range(number):
            made(by=clerk, **usual("DONE") | {"digest": f"{number * 100 + one:064x}"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signed_in.get(PAGE)
        counted.append(len(queries))

    assert counted[0] == counted[1]
    assert not any("content" in query["sql"].split("FROM")[0] for query in queries if "importjob" in query["sql"])


def test_old_jobs_go_with_the_next_one(clerk):
    old = made(by=clerk, **usual("FAILED") | {"finished_at": timezone.now() - desk.KEPT_FOR - timedelta(hours=1)})
    handed_in(clerk)

    assert not ImportJob.objects.filter(pk=old.pk).exists()


# Below -----------------------------------------------------------------------------------------


def usual(state="QUEUED"):
    """Return the fields of a job that may be in this state."""
    now = timezone.now()
    fields = {
        "state": state, "kind": "CSV", "digest": "0" * 64, "size": 1, "content": b"x", "strategy": "create",
        "mode": "whole", "created_at": now, "queued_at": now,
    }  # fmt: skip
    if state == "RUNNING":
        fields |= {"started_at": now, "beat_at": now}
    elif state != "QUEUED":
        fields |= {"finished_at": now}
    if state in {"FAILED", "INTERRUPTED"}:
        fields |= {"problem": ["x"]}
    if state == "DONE":
        fields |= {"result": {"created": 1}, "content": b""}
    return fields


def made(**fields):
    return ImportJob.objects.create(**fields)


@pytest.mark.parametrize(
    ("name", "state", "fields"),
    [
        ("submissions_job_ends_once", "QUEUED", {"state": "LOST"}),
        ("submissions_job_kind_known", "QUEUED", {"kind": "PDF"}),
        ("submissions_job_subject_known", "QUEUED", {"subject": "RULES"}),
        ("submissions_job_digest_is_sha256", "QUEUED", {"digest": "x"}),
        ("submissions_job_done_within_total", "QUEUED", {"n_done": 1}),
        ("submissions_job_queued_is_not_started", "QUEUED", {"started_at": NOW}),
        ("submissions_job_running_has_started", "RUNNING", {"beat_at": None}),
        ("submissions_job_ends_once", "QUEUED", {"finished_at": NOW}),
        ("submissions_job_ends_once", "CANCELLED", {"finished_at": None}),
        ("submissions_job_done_has_result", "DONE", {"result": None}),
        ("submissions_job_failed_says_why", "FAILED", {"problem": []}),
        ("submissions_job_waiting_has_content", "QUEUED", {"content": b""}),
        ("submissions_job_content_goes_with_import", "DONE", {"content": b"x"}),
    ],
)
def test_the_database_refuses_a_job_that_cannot_be(clerk, name, state, fields):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        made(by=clerk, **usual(state) | fields)


def test_the_database_lets_one_job_run_and_one_file_wait(clerk, people_of):  # noqa: F811
    made(by=clerk, **usual("RUNNING"))

    with pytest.raises(IntegrityError, match="submissions_job_one_runs_at_a_time"), transaction.atomic():
        made(by=people_of["hl_clerk"], **usual("RUNNING"))
    with pytest.raises(IntegrityError, match="submissions_job_same_file_waits_once"), transaction.atomic():
        made(by=clerk, **usual("QUEUED"))


def test_what_is_cut_while_it_arrives_is_longer_than_any_limit_of_a_page(settings):
    """A file cut within the limit would be imported in part."""
    assert max(settings.IMPORT_JOB_BYTES, settings.EVIDENCE_FILE_BYTES) < settings.UPLOAD_CEILING_BYTES


def test_the_file_is_let_go_of_once_its_rows_are_read(clerk, monkeypatch):
    held = []
    monkeypatch.setattr(worker, "_hold_uncancelled", lambda job: held.append(bytes(job.content)))
    handed_in(clerk)

    assert run().state == JobState.DONE
    assert held == [b""]
