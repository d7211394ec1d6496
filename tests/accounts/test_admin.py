"""The admin: each role its part, nothing deleted, everything recorded, nothing that stops it."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry, ReportingUnit, Role, RoleGrant, User
from tests import factories
from workplan.admin_site import site

#: model → roles that see its list. Everything else answers 403.
LISTS = {
    "accounts.user": {"SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR"},
    "accounts.rolegrant": {"SECURITY_ADMIN", "AUDITOR"},
    "submissions.evidencefile": {"SECURITY_ADMIN"},
    "reporting.assessmentfile": {"SECURITY_ADMIN"},
    "accounts.reportingunit": {"SYSTEM_ADMIN", "SECURITY_ADMIN", "PLANNER"},
    "accounts.auditentry": {"AUDITOR"},
    "accounts.formerunit": {"SYSTEM_ADMIN"},
    "targets.plan": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.chapter": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.item": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.indicator": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.target": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.assignment": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.milestone": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.itemowner": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.milestoneexemption": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.thresholds": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.indicatorpart": {"PLANNER", "MINISTRY_REVIEWER"},
    "targets.formerindicator": {"PLANNER", "MINISTRY_REVIEWER"},
    "notices.mailout": {"SYSTEM_ADMIN"},
    "submissions.monthlyreport": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.calendarday": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.calendarrule": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.extension": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.excuse": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.publishedfigure": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.referencefigure": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.rulesetting": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.reportingmonth": {"PLANNER", "MINISTRY_REVIEWER"},
    "reporting.warningrule": {"PLANNER", "MINISTRY_REVIEWER"},
    "reporting.assessmentscheme": {"PLANNER", "MINISTRY_REVIEWER"},
    "reporting.assessmentsection": {"PLANNER", "MINISTRY_REVIEWER"},
    "reporting.assessmentcriterion": {"PLANNER", "MINISTRY_REVIEWER"},
    "reporting.assessmentround": {"PLANNER", "MINISTRY_REVIEWER"},
}

#: model → roles that add to it here.
ADDERS = {
    "accounts.user": {"SYSTEM_ADMIN"},
    "accounts.rolegrant": {"SECURITY_ADMIN"},
    "accounts.reportingunit": {"SYSTEM_ADMIN"},
    "accounts.formerunit": {"SYSTEM_ADMIN"},
    "targets.plan": {"PLANNER"},
    "targets.chapter": {"PLANNER"},
    "targets.item": {"PLANNER"},
    "targets.indicator": {"PLANNER"},
    "targets.target": {"PLANNER"},
    "targets.milestone": {"PLANNER"},
    "targets.itemowner": {"PLANNER"},
    "targets.milestoneexemption": {"PLANNER"},
    "targets.thresholds": {"PLANNER"},
    "reporting.warningrule": {"PLANNER"},
    "reporting.assessmentscheme": {"PLANNER"},
    "reporting.assessmentsection": {"PLANNER"},
    "reporting.assessmentcriterion": {"PLANNER"},
    "reporting.assessmentround": {"PLANNER"},
    "targets.indicatorpart": {"PLANNER"},
    "targets.formerindicator": {"PLANNER"},
    "submissions.calendarday": {"PLANNER"},
    "submissions.calendarrule": {"PLANNER"},
    "submissions.excuse": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.publishedfigure": {"PLANNER", "MINISTRY_REVIEWER"},
    "submissions.referencefigure": {"PLANNER"},
    "submissions.rulesetting": {"PLANNER"},
}


@pytest.fixture
def guangdong(db) -> ReportingUnit:
    return factories.UnitFactory(code="440000", short_name="广东")


@pytest.fixture
def clerk(guangdong) -> User:
    return factories.person("CLERK", guangdong, username="gd_clerk")


def page(model: str, act: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{act}", args=args)


def newest_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-number").first()


def holder(role: str) -> User:
    return factories.person(role, factories.UnitFactory(code="450000") if role in {"CLERK", "LEAD"} else None)


# Rights ----------------------------------------------------------------------------------------


def test_the_tables_name_every_model_of_the_admin():
    assert {model._meta.label_lower for model in site._registry} == set(LISTS)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_exactly_its_lists(client, db, role):
    client.force_login(holder(role))

    opened = {model for model in LISTS if client.get(page(model)).status_code == 200}

    assert opened == {model for model, roles in LISTS.items() if role in roles}


@pytest.mark.parametrize("role", Role.values)
def test_a_role_adds_exactly_what_is_its_to_add(client, db, role):
    client.force_login(holder(role))

    may_add = {model for model in LISTS if client.get(page(model, "add")).status_code == 200}

    assert may_add == {model for model, roles in ADDERS.items() if role in roles}


@pytest.mark.parametrize("role", Role.values)
def test_nobody_deletes_anything(client, clerk, role):
    client.force_login(holder(role))
    target = factories.TargetFactory()

    for model, pk in (("accounts.user", clerk.pk), ("targets.target", target.pk)):
        assert client.post(page(model, "delete", pk), {"post": "yes"}).status_code in {302, 403, 404}
        body = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        assert client.post(page(model), body).status_code in {200, 302, 403, 404}
    assert User.objects.filter(pk=clerk.pk).exists()
    assert type(target).objects.filter(pk=target.pk).exists()


@pytest.mark.parametrize("role", ["CLERK", "LEAD", "ANALYST"])
def test_people_without_a_right_here_are_turned_away(client, db, role):
    client.force_login(holder(role))

    for name in ("index", "login", "jsi18n", "autocomplete"):
        assert client.get(reverse(f"admin:{name}"), follow=True).status_code == 403


def test_strangers_sign_in_on_the_portals_page(client, db):
    path = page("accounts.user")

    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert client.get(reverse("admin:login"))["Location"].startswith("/accounts/login/?next=")


def test_the_library_gives_no_second_sign_in(client, sysadmin):
    client.force_login(sysadmin)

    assert client.get(reverse("admin:login"))["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")
    assert client.post(reverse("admin:logout"))["Location"] == reverse("account_logout")


def test_superuser_and_staff_flags_open_nothing(client, db):
    client.force_login(factories.UserFactory(is_staff=True))

    assert client.get(reverse("admin:index"), follow=True).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", ["SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR", "PLANNER", "MINISTRY_REVIEWER"])
def test_the_first_page_opens(client, db, role, language):
    client.force_login(holder(role))
    client.cookies["django_language"] = language

    assert client.get(reverse("admin:index")).status_code == 200


# Hostile addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "status__exact=%00",
        "q=%00",
        "duty__exact=%00",
        "is_active__exact=maybe",
        "last_login__gte=9999-99-99",
        "date_joined__year=99999999999999999999",
        "date_joined__year=0",
        "id__exact=99999999999999999999999",
        "p=99999999999999",
        "o=99.-1.x",
        "password__startswith=md5",
        "e=1",
        "all=",
        "_facets=True",
    ],
)
def test_a_bad_filter_never_stops_the_page(client, sysadmin, query):
    client.force_login(sysadmin)

    assert client.get(f"{page('accounts.user')}?{query}").status_code in {200, 302, 400}


@pytest.mark.parametrize("pk", ["0", "-1", "%00", "9" * 30, "x", "１"])
def test_a_bad_object_leads_back(client, sysadmin, pk):
    client.force_login(sysadmin)

    assert client.get(f"/admin/accounts/user/{pk}/change/").status_code in {302, 400, 404}


def test_the_list_costs_the_same_for_one_and_for_thirty(client, sysadmin, guangdong):
    client.force_login(sysadmin)
    client.get(page("accounts.user"))
    counts = []
    for n in (1, 29):
        for _n in range(n):
            factories.person("CLERK", guangdong)
        with CaptureQueriesContext(connection) as counted:
            client.get(page("accounts.user"))
        counts.append(len(counted))

    assert counts[0] == counts[1]


# Accounts --------------------------------------------------------------------------------------


def test_a_new_account_shows_its_password_once(client, sysadmin):
    client.force_login(sysadmin)

    answer = client.post(
        page("accounts.user", "add"),
        {"username": "new_one", "display_name": "新人", "display_name_en": "", "duty": "BUSINESS"},
    )

    user = User.objects.get(username="new_one")
    assert user.check_password(answer.context["password"])
    assert answer.context["password"] in answer.content.decode()
    assert answer.context["password"] not in client.get(page("accounts.user", "change", user.pk)).content.decode()
    assert AuditEntry.objects.filter(action="account.create", actor=sysadmin).count() == 1


def test_a_taken_name_is_said_on_the_form(client, sysadmin, clerk):
    client.force_login(sysadmin)

    answer = client.post(page("accounts.user", "add"), {"username": "gd_clerk", "display_name": "", "duty": "BUSINESS"})

    assert list(answer.context["adminform"].form.errors) == ["username"]


def test_an_account_is_renamed_and_closed(client, sysadmin, clerk):
    client.force_login(sysadmin)

    changed = {"display_name": "王五", "display_name_en": "Wang Wu", "email": "wang@gd.example"}
    client.post(page("accounts.user", "change", clerk.pk), changed)

    clerk.refresh_from_db()
    assert (clerk.display_name, clerk.is_active, clerk.email) == ("王五", False, "wang@gd.example")
    assert list(AuditEntry.objects.filter(actor=sysadmin).order_by("number").values_list("action", flat=True))[1:] == [
        "account.rename",
        "account.email",
        "account.deactivate",
    ]


def test_the_own_account_is_not_closed(client, sysadmin):
    client.force_login(sysadmin)

    answer = client.post(page("accounts.user", "change", sysadmin.pk), {"display_name": "x"}, follow=True)

    sysadmin.refresh_from_db()
    assert (sysadmin.display_name, sysadmin.is_active) == ("人员sysadmin", True)
    assert "另一位系统管理员" in answer.content.decode()


def test_a_password_is_reset_by_the_security_administrator_alone(client, sysadmin, secadmin, clerk):
    path = reverse("admin:accounts_user_reset_password", args=[clerk.pk])
    client.force_login(sysadmin)
    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403

    client.force_login(secadmin)
    assert path in client.get(page("accounts.user", "change", clerk.pk)).content.decode()
    assert client.get(path).status_code == 200
    password = client.post(path).context["password"]

    clerk.refresh_from_db()
    assert clerk.check_password(password)
    assert newest_entry().action == "password.reset"


def test_the_own_password_is_not_reset_here(client, secadmin):
    client.force_login(secadmin)

    answer = client.post(reverse("admin:accounts_user_reset_password", args=[secadmin.pk]))

    assert "个人信息" in answer.context["refusal"]


@pytest.mark.parametrize("pk", ["0", "x"])
def test_a_password_of_nobody_is_not_reset(client, secadmin, pk):
    client.force_login(secadmin)

    assert client.post(f"/admin/accounts/user/{pk}/reset-password/").status_code == 404


def test_no_page_offers_to_set_a_password_or_a_flag(client, sysadmin, clerk):
    client.force_login(sysadmin)

    form = client.get(page("accounts.user", "change", clerk.pk)).context["adminform"].form

    assert sorted(form.fields) == ["display_name", "display_name_en", "email", "is_active"]


# Roles -----------------------------------------------------------------------------------------


def grant_form(user: User, role: str, unit: ReportingUnit, **more: object) -> dict[str, object]:
    today = timezone.localdate().isoformat()
    return {"user": user.pk, "role": role, "unit": unit.pk, "starts_on": today, "ends_on": "", **more}


def test_a_role_is_given_and_ended(client, secadmin, guangdong):
    user = factories.UserFactory()
    client.force_login(secadmin)

    client.post(page("accounts.rolegrant", "add"), grant_form(user, "LEAD", guangdong))
    grant = RoleGrant.objects.get(user=user)
    today = timezone.localdate()
    client.post(page("accounts.rolegrant", "change", grant.pk), {"ends_on": today.isoformat()})

    grant.refresh_from_db()
    assert (grant.role, grant.granted_by, grant.ends_on) == ("LEAD", secadmin, today)
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True))[1:] == [
        "role.grant",
        "role.end",
    ]


@pytest.mark.parametrize(
    ("role", "unit", "more", "sentence"),
    [
        ("AUDITOR", "000000", {}, "不能兼任"),
        ("CLERK", "000000", {}, "须授予一个填报单位"),
        ("PLANNER", "440000", {}, "只能授予全国"),
        ("CLERK", "440000", {"ends_on": "2007-01-01"}, "不能早于"),
        ("BOSS", "440000", {}, "BOSS"),
    ],
)
def test_a_role_that_cannot_be_is_refused_on_the_form(client, secadmin, guangdong, role, unit, more, sentence):
    client.force_login(secadmin)
    over = ReportingUnit.objects.get(code=unit)

    answer = client.post(page("accounts.rolegrant", "add"), grant_form(factories.UserFactory(), role, over, **more))

    assert sentence in str(answer.context["adminform"].form.errors)
    assert RoleGrant.objects.filter(granted_by=secadmin).count() == 0


def test_an_administrator_gives_no_role_to_the_own_account(client, secadmin):
    client.force_login(secadmin)
    form = grant_form(secadmin, "SECURITY_ADMIN", factories.NationFactory(), ends_on="2999-01-01")

    answer = client.post(page("accounts.rolegrant", "add"), form, follow=True)

    assert "另一位安全管理员" in answer.content.decode()
    assert secadmin.grants.count() == 1


def test_an_ended_role_does_not_come_back(client, secadmin, clerk):
    client.force_login(secadmin)
    grant = clerk.grants.get()
    today = timezone.localdate().isoformat()
    client.post(page("accounts.rolegrant", "change", grant.pk), {"ends_on": today})

    answer = client.post(page("accounts.rolegrant", "change", grant.pk), {"ends_on": ""})

    assert "请重新授予" in str(answer.context["adminform"].form.errors)
    again = client.post(page("accounts.rolegrant", "change", grant.pk), {"ends_on": "2999-01-01"}, follow=True)
    assert "终止" in again.content.decode()
    grant.refresh_from_db()
    assert grant.ends_on == timezone.localdate()


# Units -----------------------------------------------------------------------------------------


def unit_form(**more: object) -> dict[str, object]:
    form = {
        "code": "440100",
        "name": "广州市",
        "short_name": "广州",
        "name_en": "Guangzhou",
        "kind": "PREFECTURE",
        "region": "",
        "iso_code": "",
        "position": "4401",
        "aliases-TOTAL_FORMS": "1",
        "aliases-INITIAL_FORMS": "0",
        "aliases-0-name": "穗",
    }
    return form | more


def test_a_unit_finds_its_place_under_its_parent(client, sysadmin, guangdong):
    client.force_login(sysadmin)

    client.post(page("accounts.reportingunit", "add"), unit_form(parent=guangdong.pk))

    unit = ReportingUnit.objects.get(code="440100")
    assert (unit.level, unit.path) == (2, "000000.440000.440100.")
    assert [alias.name for alias in unit.aliases.all()] == ["穗"]
    assert newest_entry().action == "reportingunit.create"
    assert newest_entry().details["changes"]["name"] == ["", "广州市"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"code": "44010"}, None),
        ({"code": "440000"}, "code"),
        ({"kind": "NATION"}, "kind"),
        ({"parent": ""}, "parent"),
        ({"kind": "MAP_ONLY"}, "parent"),
        ({"position": "-1"}, "position"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_on_the_form(client, sysadmin, guangdong, more, field):
    client.force_login(sysadmin)

    answer = client.post(page("accounts.reportingunit", "add"), unit_form(parent=guangdong.pk) | more)

    errors = answer.context["adminform"].form.errors
    assert (field or "__all__") in errors
    assert ReportingUnit.objects.filter(name="广州市").count() == 0


def test_a_unit_keeps_code_and_place_and_leaves_old_names_in_the_trail(client, sysadmin, guangdong):
    client.force_login(sysadmin)
    form = unit_form(code="999999", name="广东", parent="", kind="COUNTY") | {"aliases-0-name": ""}

    client.post(page("accounts.reportingunit", "change", guangdong.pk), form)

    guangdong.refresh_from_db()
    assert (guangdong.code, guangdong.kind, guangdong.name) == ("440000", "PROVINCE", "广东")
    assert newest_entry().details["changes"]["name"] == ["单位440000", "广东"]


def test_units_and_people_are_found_while_typing(client, secadmin, clerk, guangdong):
    client.force_login(secadmin)
    address = reverse("admin:autocomplete")

    for field, term, found in (("unit", "440000", "广东"), ("user", "gd_cl", "人员gd_clerk")):
        query = {"app_label": "accounts", "model_name": "rolegrant", "field_name": field, "term": term}
        assert [one["text"] for one in client.get(address, query).json()["results"]] == [found]


# The audit trail -------------------------------------------------------------------------------


def test_the_trail_is_read_searched_and_never_edited(client, auditor, clerk):
    entry = audit.record("report.save", by=clerk, details={"version": 1, "note": "很长的说明" * 40})
    client.force_login(auditor)

    assert "保存报表" in client.get(page("accounts.auditentry"), {"q": "gd_clerk"}).content.decode()
    assert client.get(page("accounts.auditentry"), {"action": "report.save"}).context["cl"].result_count == 1
    assert client.get(page("accounts.auditentry", "change", entry.pk)).status_code == 200
    assert client.post(page("accounts.auditentry", "change", entry.pk), {"action": "x"}).status_code == 403


def test_the_trail_is_exported_as_filtered_and_that_is_recorded(client, auditor, clerk):
    audit.record("report.save", by=clerk, details={"note": "x"})
    audit.record("=cmd", by=None)
    client.force_login(auditor)

    answer = client.get(reverse("admin:accounts_auditentry_export"), {"action__in": "report.save,=cmd"})
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))

    assert [(row["actor"], row["action"]) for row in rows] == [("gd_clerk", "report.save"), ("", "'=cmd")]
    assert newest_entry().action == "audit.export"


def test_the_trail_is_verified_on_a_page(client, auditor):
    client.force_login(auditor)

    whole = client.get(reverse("admin:accounts_auditentry_verify"))
    AuditEntry(action="forged", number=0, signature="0" * 64).save()
    broken = client.get(reverse("admin:accounts_auditentry_verify"))

    assert whole.context["faults"] == []
    assert broken.context["faults"] == ["3: content does not match its signature"]
    assert newest_entry().details == {"faults": ["3: content does not match its signature"]}


@pytest.mark.parametrize("name", ["verify", "export"])
def test_only_the_auditor_verifies_and_exports(client, sysadmin, name):
    client.force_login(sysadmin)

    assert client.get(reverse(f"admin:accounts_auditentry_{name}")).status_code == 403


def test_every_address_of_the_admin_asks_for_a_sign_in(client, db):
    routes = get_resolver().namespace_dict["admin"][1].reverse_dict
    names = [name for name in routes if isinstance(name, str) and not routes[name][0][0][1]]

    answers = [client.get(reverse(f"admin:{name}"), follow=True) for name in names]

    assert len(names) > 40
    assert {answer.request["PATH_INFO"] for answer in answers} == {"/accounts/login/"}


def test_after_signing_in_the_address_asked_for_is_reached(client, db):
    asked = client.get(reverse("admin:index"), follow=True)

    assert asked.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
