"""Whatever a browser posts beside what a page sends is refused, audited, and changes nothing (acceptance.md F-27)."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from submissions import terms
from submissions.bulk.imports import Options
from submissions.jobs import desk
from submissions.models import Excuse, JobKind, RuleSetting, UploadedFile
from submissions.urls import urlpatterns
from submissions.workbook import uploads
from tests.factories import file, shanghai
from tests.submissions.posting import text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
ROWS = b"month,unit,indicator,value\r\n2007-09,440000,T01,310000\r\n"
SET = {
    "rule": "V08",
    "valid_from": date(2007, 10, 1),
    "valid_to": None,
    "severity": "",
    "limits": {"stock_rise": "0.06"},
    "reason": "扩面之年试行。",
}
EXCUSED = {"rule": "V08", "since": date(2007, 9, 1), "until": date(2007, 12, 1), "reason": "专项扩面属实。"}
SEPTEMBER = [date(2007, 9, 1)]
REPORT = [*SEPTEMBER, "440000"]
EXTENSION = {"extension-unit": "440000", "extension-until": "2007-10-20", "extension-reason": "台风"}
DATES = {
    "dates-opens_on": "2007-09-01",
    "dates-due_on": "2007-10-15",
    "dates-late_due_on": "2007-10-20",
    "dates-view_only_from": "2008-12-01",
    "dates-reason": "系统维护",
}
SETTING = {
    "setting-rule": "V08",
    "setting-valid_from": "2007-11",
    "setting-limits": "stock_rise = 0.06",
    "setting-reason": "扩面之年。",
}
EXCUSE = {
    "excuse-rule": "V08",
    "excuse-unit": "440000",
    "excuse-indicator": "T08",
    "excuse-since": "2007-09",
    "excuse-until": "2007-12",
    "excuse-reason": "专项扩面属实。",
}
#: The form and the grid have tests of their own; whoever takes what is unsaved away changes nothing.
ELSEWHERE = {"report", "grid-cells", "grid-draft"}


@pytest.fixture
def made(unit, period, clerk, planner):
    """One draft, one uploaded file, one job, one excuse and one setting; by the name of the route that moves it."""
    indicator = unit.assignments.get(indicator__code="T08").indicator
    file(unit, period, {"T01": "310000"}, by=clerk, now=NOW)
    upload = uploads.keep(ROWS, "九月.csv", by=clerk, now=NOW)
    job = desk.hand_in(desk.Parcel(ROWS, JobKind.FILE, "九月.csv"), Options(dry_run=True), by=clerk, now=NOW)
    excuse = terms.grant_excuse(unit=unit, indicator=indicator, **EXCUSED, by=planner, now=NOW)
    setting = terms.set_rule(by=planner, **SET)
    return {"upload": upload.pk, "job": job.pk, "excuse": excuse.pk, "setting": setting.pk}


def posts(made: dict[str, uuid.UUID | int]) -> dict[str, tuple[str, list[object], dict[str, object], str]]:
    """Return for every route that changes something: who posts, to which address, what, and the trail's action."""
    job, seen = [made["job"]], {"version": "1"}
    return {
        "workbook": ("clerk", [], {"file": SimpleUploadedFile("九月.csv", ROWS)}, "report.save"),
        "uploaded": ("clerk", [made["upload"]], {}, "report.save"),
        "import-cancel": ("clerk", job, {}, "import.cancel"),
        "import-retry": ("clerk", job, {}, "import.queue"),
        "import-checked": ("clerk", job, {}, "import.queue"),
        "ask-to-sign": ("clerk", REPORT, seen, "report.ask_to_sign"),
        "notes": ("ministry", REPORT, {"desk": "1", "comment.T01.text": "少了。"}, "report.save"),
        "decide": ("ministry", [*REPORT, "approve"], seen, "report.approve"),
        "act": ("lead", [*REPORT, "submit"], seen, "report.submit"),
        "approve-clean": ("ministry", [], {"report": "1:1", "count": "1"}, "report.approve"),
        "calendar-rules": ("planner", [], {"year": "2007", "confirmed": "1"}, "month.move"),
        "calendar-dates": ("planner", SEPTEMBER, {**DATES, "confirmed": "1"}, "month.move"),
        "calendar-remind": ("ministry", SEPTEMBER, {}, "month.remind"),
        "calendar-extend": ("ministry", SEPTEMBER, EXTENSION, "month.extend"),
        "calendar-act": ("ministry", [*SEPTEMBER, "close"], {"confirmed": "1"}, "month.close"),
        "rule-excuse": ("planner", [], EXCUSE, "excuse.grant"),
        "rule-withdraw": ("planner", [made["excuse"]], {}, "excuse.withdraw"),
        "rule-setting": ("planner", [], SETTING, "rule.set"),
        "rule-end": ("planner", [made["setting"]], {"valid_to": "2007-12", "reason": "完。"}, "rule.end"),
    }


@pytest.fixture
def sign_in(client, request):
    def as_one(who: str) -> None:
        person = request.getfixturevalue(who)
        person.set_password("Review-2007")
        person.save()
        client.force_login(person)
        client.post("/accounts/reauthenticate/", {"password": "Review-2007"})

    return as_one


def test_a_forged_field_is_refused_at_every_address_that_changes_something_f_27(client, sign_in, made):
    for name, (who, arguments, given, action) in posts(made).items():
        sign_in(who)
        before = AuditEntry.objects.count()

        answer = client.post(reverse(f"submissions:{name}", args=arguments), {**given, "organisation": "230000"})

        said = text_of(answer) + " ".join(str(one) for one in get_messages(answer.wsgi_request))
        assert "organisation" in said, name
        assert (name, answer.status_code in {302, 422}) == (name, True)
        entry = AuditEntry.objects.latest("number")
        assert (name, entry.action, AuditEntry.objects.count()) == (name, f"{action}.refused", before + 1)
        assert (name, entry.details["fields"], entry.details["code"]) == (name, ["organisation"], "unknown_field")
    assert UploadedFile.objects.filter(imported_at=None).count() == Excuse.objects.count() == 1
    assert RuleSetting.objects.filter(valid_to=None).count() == 1


def test_no_other_address_takes_a_post(client, sign_in, made):
    named = {one.name for one in urlpatterns} - {*posts(made), *ELSEWHERE}
    kinds = {"month": SEPTEMBER[0], "code": "440000", "number": 1}
    sign_in("ministry")

    for one in urlpatterns:
        if one.name in named:
            arguments = {key: kinds.get(key, made["upload"]) for key in one.pattern.converters}
            assert (one.name, client.post(reverse(f"submissions:{one.name}", kwargs=arguments)).status_code) == (
                one.name,
                405,
            )


@pytest.mark.parametrize("name", ["comment.T01.by", "comment.T01", "comment..text"])
def test_a_forged_cell_of_the_desk_is_refused_too(client, ministry, made, name):
    client.force_login(ministry)

    answer = client.post("/reports/2007-09/440000/notes/", {"desk": "1", name: "x"})

    assert answer.status_code == 422
    assert AuditEntry.objects.latest("number").details["fields"] == [name]
