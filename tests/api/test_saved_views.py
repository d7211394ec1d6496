"""Saved views over REST: the steps and the rights of their pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from reporting.models import ExportRun, ExportSchedule, SavedView
from tests import factories
from tests.api.conftest import Caller
from tests.reporting.test_pages import SECRET, small_world
from tests.reporting.views_saved import NOW, QUERY, saved, scheduled

pytestmark = pytest.mark.django_db
PATH = "/api/v1/views/"
BODY = {"name": "各省进度", "kind": "explore", "query": QUERY, "months": "fixed", "sharing": "private"}


def calling(person: object) -> Caller:
    caller = Caller()
    caller.force_login(person)
    return caller


def names(answer: object) -> list[str]:
    return [one["name"] for one in answer.json()["results"]]


def faults(answer: object) -> list[tuple[str | None, str]]:
    return [(one.get("pointer"), one["code"]) for one in answer.json()["errors"]]


def test_a_view_is_kept_read_renamed_and_deleted(analyst):
    small_world()
    client = calling(analyst)

    kept = client.post(PATH, BODY, format="json")
    own = f"{PATH}{kept.json()['id']}/"
    renamed = client.patch(own, {"name": " 各省  逐月 "}, format="json")
    read = client.get(own).json()
    deleted = client.delete(own)

    assert (kept.status_code, renamed.status_code, deleted.status_code) == (201, 200, 204)
    assert renamed.json() == read == {
        **BODY, "id": read["id"], "name": "各省 逐月", "owner": analyst.label, "is_own": True,
        "saved_at": kept.json()["saved_at"], "formats": ["xlsx", "csv", "parquet"], "n_schedules": 0,
        "page": f"/views/{read['id']}/", "says": read["says"],
    }  # fmt: skip
    assert read["says"][0] == "数据透视"
    assert client.get(own).status_code == 404
    told = AuditEntry.objects.filter(action__startswith="view.").order_by("number").values_list("action", flat=True)
    assert list(told) == ["view.save", "view.change", "view.delete"]


@pytest.mark.parametrize(
    ("given", "status", "found"),
    [
        ({"colour": "red"}, 400, [("/colour", "unknown_field")]),
        ({"kind": "EXPLORE"}, 400, [("/kind", "invalid_choice")]),
        ({"sharing": "all"}, 400, [("/sharing", "invalid_choice")]),
        ({"name": ""}, 400, [("/name", "blank")]),
        ({"kind": "workbook", "query": "item=3"}, 400, [("/query", "unknown_parameter")]),
        ({"query": "indicator=X99"}, 422, [(None, "view_not_understood")]),
        ({"kind": "workbook", "query": "", "months": "year"}, 422, [(None, "view_refused")]),
        ({"sharing": "unit"}, 422, [(None, "view_refused")]),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(analyst, given, status, found):
    small_world()

    refusal = calling(analyst).post(PATH, BODY | given, format="json")

    assert (refusal.status_code, faults(refusal)) == (status, found)
    assert not SavedView.objects.exists()


def test_a_change_names_something(analyst):
    view = saved(analyst)

    assert faults(calling(analyst).patch(f"{PATH}{view.pk}/", {}, format="json")) == [("", "nothing_to_change")]
    assert calling(analyst).patch(f"{PATH}{view.pk}/", {"query": "x"}, format="json").status_code == 400


def test_t_09_a_shared_view_is_read_and_run_with_the_readers_rights_and_changed_by_nobody_else():
    """The bureau's colleague has its unpublished month, another bureau does not find the view at all."""
    units = small_world()
    owner, colleague = (factories.person(role, units[1], username=role) for role in ("LEAD", "CLERK"))
    neighbour = calling(factories.person("CLERK", units[0], username="neighbour"))
    view = saved(owner, sharing="UNIT", unit=units[1])
    whole = saved(factories.person("ANALYST", username="whole"), name="全国", sharing="MINISTRY")
    own = f"{PATH}{view.pk}/"
    shared = calling(colleague)

    run = shared.get(f"{own}run/", {"format": "csv"})
    text = b"".join(run.streaming_content).decode()

    assert (names(shared.get(PATH)), names(shared.get(PATH, {"owner": "own"}))) == (["各省进度"], [])
    assert shared.get(own).json()["is_own"] is False
    assert SECRET in text
    assert AuditEntry.objects.get(action="export").details["view"] == "各省进度"
    hidden = [neighbour.get(f"{PATH}{one.pk}/{rest}") for one in (view, whole) for rest in ("", "run/", "schedules/")]
    taken = [
        shared.patch(own, {"name": "我的"}, format="json"),
        shared.delete(own),
        shared.get(f"{own}schedules/"),
        shared.post(f"{own}schedules/", {"rhythm": "weekly"}, format="json"),
    ]
    assert {one.status_code for one in [*hidden, *taken]} == {404}
    assert SECRET not in b"".join(
        calling(neighbour_reader(units[0], view))
        .get(f"{PATH}{SavedView.objects.latest('pk').pk}/run/")
        .streaming_content
    ).decode(errors="ignore")


def neighbour_reader(unit: object, view: SavedView) -> object:
    """Return somebody of another bureau who keeps the very same conditions."""
    person = factories.person("CLERK", unit, username="copyist")
    saved(person, query=view.query)
    return person


def test_only_a_table_that_has_the_format_is_run_as_it(analyst):
    small_world()
    view = saved(analyst, kind="RANKING", query="indicator=X01", months="NEWEST")
    client = calling(analyst)

    refused = client.get(f"{PATH}{view.pk}/run/", {"format": "parquet"})
    book = client.get(f"{PATH}{view.pk}/run/")

    assert (refused.status_code, faults(refused)) == (400, [("?format", "invalid_choice")])
    assert b"".join(book.streaming_content)[:2] == b"PK"


def test_an_export_is_scheduled_once_listed_and_stopped(analyst):
    factories.months_of_2007()
    view = saved(analyst)
    client, path = calling(analyst), f"{PATH}{view.pk}/schedules/"

    made = client.post(path, {"rhythm": "weekly", "format": "csv"}, format="json")
    again = client.post(path, {"rhythm": "weekly", "format": "csv"}, format="json")
    listed = client.get(path).json()["results"]
    stop = f"{PATH}schedules/{made.json()['id']}/stop/"
    foreign = calling(factories.person("PLANNER")).post(stop)
    stopped = client.post(stop)

    assert (made.status_code, made.json()["next_on"]) == (201, "2007-10-15")
    assert (again.status_code, faults(again)) == (422, [(None, "schedule_refused")])
    assert listed == [made.json()]
    assert foreign.status_code == 404
    assert (stopped.json()["ended_because"], client.post(stop).status_code) == ("stopped", 422)


def test_the_file_of_a_run_is_for_its_owner_as_long_as_it_is_kept(analyst, planner):
    schedule = scheduled(saved(analyst))
    later = timezone.now() + timezone.timedelta(days=1)
    done = ExportRun.objects.create(
        schedule=schedule, period="2007-08", state="DONE", content=b"a,b", size=3, media_type="text/csv",
        made_at=NOW, expires_at=later,
    )  # fmt: skip
    failed = ExportRun.objects.create(
        schedule=schedule, period="2007-09", state="FAILED", problem={"template": "x", "params": {}}
    )
    client, foreign = calling(analyst), calling(planner)

    told = [(one["period"], one["state"], one["is_kept"]) for one in client.get(f"{PATH}files/").json()["results"]]
    file = client.get(f"{PATH}files/{done.pk}/")
    retried = client.post(f"{PATH}files/{failed.pk}/retry/")

    assert told == [("2007-09", "failed", False), ("2007-08", "done", True)]
    assert (b"".join(file.streaming_content), file["Content-Type"]) == (b"a,b", "text/csv")
    assert retried.json()["state"] == "waiting"
    assert foreign.get(f"{PATH}files/").json()["count"] == 0
    assert [
        foreign.get(f"{PATH}files/{done.pk}/").status_code,
        foreign.post(f"{PATH}files/{failed.pk}/retry/").status_code,
    ] == [404] * 2
    ExportRun.objects.filter(pk=done.pk).update(expires_at=NOW)
    assert client.get(f"{PATH}files/{done.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"])
def test_whoever_takes_no_figures_away_has_no_views(role):
    client = calling(factories.person(role))

    assert {client.get(f"{PATH}{rest}").status_code for rest in ("", "1/", "1/run/", "files/", "files/1/")} == {403}


def test_a_token_for_reading_runs_and_does_not_keep(caller, country):
    program = caller("analyst", scope="READ")

    assert program.get(PATH).status_code == 200
    assert program.send("post", "views/", BODY).status_code == 403
    assert not ExportSchedule.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(analyst, n):
    for number in range(n):
        saved(analyst, name=f"{number}")
    client = calling(analyst)
    client.get(PATH)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(PATH).json()["count"] == n
    assert len(queries) == 8
