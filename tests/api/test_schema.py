"""lib/openapi.py: the document says what the views do, and the page about it needs no other host."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.urls import URLPattern
from django.urls import path as route
from django.utils import translation
from drf_spectacular.validation import validate_schema
from rest_framework import serializers

from accounts.models import ReportingUnit
from tests.api.conftest import JUNE_FIGURES, Caller
from tests.reporting.assessed import round_of, scheme
from workplan.lib.openapi import AutoSchema


@pytest.fixture
def schema(caller, country):
    return caller("auditor").get("/api/v1/schema/").json()


def operations(schema):
    return {
        (method, path): operation for path, methods in schema["paths"].items() for method, operation in methods.items()
    }


def example(schema, method, verb=""):
    operation = schema["paths"][f"/api/v1/reports/{{month}}/{{unit}}/{verb}"][method]
    (only,) = operation["requestBody"]["content"]["application/json"]["examples"].values()
    return only["value"]


def test_the_document_is_valid_and_generated_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_it_is_openapi_3_1_as_json_or_yaml(caller, schema):
    answered = caller("auditor").get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi"})

    validate_schema(schema)
    assert schema["openapi"] == "3.1.0"
    assert answered.content.decode().startswith("openapi: 3.1.0")


def test_a_serializer_that_a_view_names_once_for_all_has_its_titles_in_each_language():
    class UnitSerializer(serializers.ModelSerializer):
        class Meta:
            model = ReportingUnit
            fields = ("code",)

    document, named = AutoSchema(), UnitSerializer(context={"view": None})

    def title(language: str) -> object:
        with translation.override(language):
            return document._map_serializer(named, "request")["properties"]["code"].get("title")

    assert [title(one) for one in ("en", "zh-hans", "en")] == [None, "代码", None]


@pytest.mark.parametrize(
    ("query", "fault"),
    [("foo=1", ("?foo", "unknown_parameter")), ("format=xml", ("?format", "invalid_choice"))],
)
def test_a_parameter_it_does_not_know_is_refused(caller, country, query, fault):
    refusal = caller("auditor").get(f"/api/v1/schema/?{query}")

    assert refusal.status_code == 400
    assert [(one["pointer"], one["code"]) for one in refusal.json()["errors"]] == [fault]
    assert caller("auditor").get("/api/v1/schema/?format=json&lang=en").status_code == 200


def test_every_address_of_the_map_is_in_it(schema):
    from reporting.sdmx.urls import urlpatterns as sdmx
    from workplan.api import urlpatterns

    left_out = {"schema", "docs", "tokens", "token-current"}
    all_of_them = [*urlpatterns, *(route(f"sdmx/{one.pattern}", one.callback, name=one.name) for one in sdmx)]
    ours = [one for one in all_of_them if isinstance(one, URLPattern) and one.name and one.name not in left_out]
    mapped = {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{one.pattern}") for one in ours}

    assert mapped <= set(schema["paths"])
    assert {"/api/v1/tokens/", "/api/v1/tokens/current/"} == set(schema["paths"]) - mapped


def test_every_operation_has_a_name_a_summary_and_its_refusals(schema):
    nameless = [key for key, one in operations(schema).items() if not one.get("summary") and "tokens" not in key[1]]
    without = [
        key
        for key, one in operations(schema).items()
        if not {"400", "401", "403", "429"} <= set(one["responses"]) and "tokens" not in key[1]
    ]
    names = [one["operationId"] for one in operations(schema).values()]

    assert (nameless, without) == ([], [])
    assert len(set(names)) == len(names)


def test_refusals_are_problem_details(schema):
    answers = [
        answer["content"]
        for (_method, path), one in operations(schema).items()
        for status, answer in one["responses"].items()
        if status.startswith("4") and "tokens" not in path
    ]

    assert {tuple(content) for content in answers} == {("application/problem+json",)}


def test_bodies_take_no_other_keys(schema):
    bodies = schema["components"]["schemas"]

    assert [bodies[name]["additionalProperties"] for name in ("DraftReaderRequest", "VerbReaderRequest")] == [False] * 2


def test_parameters_are_those_the_address_reads(schema):
    parameters = {
        (method, path): [one["name"] for one in operation["parameters"]]
        for (method, path), operation in operations(schema).items()
        if operation.get("parameters")
    }

    assert parameters["get", "/api/v1/reports/"] == ["month", "page", "page_size", "status", "unit"]
    assert parameters["get", "/api/v1/plans/{year}/items/{number}/"] == ["number", "year"]
    assert parameters["post", "/api/v1/reports/{month}/{unit}/submit/"] == ["Idempotency-Key", "month", "unit"]


def test_the_examples_of_bodies_are_taken(caller, june, schema):
    """A reviewer returns with words on two cells; the clerk answers one of them in the next draft."""
    lead, ministry, clerk = caller("gd_lead"), caller("ministry"), caller("gd_clerk")
    lead.send("put", june(), {"version": 0, "figures": JUNE_FIGURES})
    lead.send("post", june() + "submit/", {"version": 1})

    returned = ministry.send("post", june() + "return/", {**example(schema, "post", "return/"), "version": 2})
    saved = clerk.send("put", june(), {**example(schema, "put"), "version": 3})

    assert (returned.status_code, saved.status_code) == (200, 200), saved.content
    assert [one["reply"] for one in saved.json()["comments"]] == ["已按台账更正。", ""]


@pytest.mark.parametrize("path", ["/api/v1/schema/"])
def test_the_document_is_for_people_who_signed_in(country, path):
    assert Caller().get(path).status_code == 401


def test_the_page_sends_strangers_to_the_sign_in(client, country):
    answer = client.get("/api/v1/docs/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/api/v1/docs/")


def test_the_page_loads_our_own_files_and_nothing_inline(client, country, people_of):
    client.force_login(people_of["gd_clerk"], backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get("/api/v1/docs/").content.decode()
    script = client.get("/api/v1/docs/?script=")

    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [source for source in sources if not source.startswith(("/static/", "/api/v1/docs/"))] == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script>", page) == []
    assert script["Content-Type"].startswith("application/javascript")


def test_every_answer_has_the_shape_the_document_states(caller, country, schema):
    from jsonschema import Draft202012Validator

    program = caller("ministry")
    caller("gd_clerk").send("put", "reports/2007-06/440000/", {"version": 0, "figures": JUNE_FIGURES})
    round_of(scheme())
    paths = {
        "/api/v1/plans/": "/api/v1/plans/",
        "/api/v1/plans/{year}/": "/api/v1/plans/2007/",
        "/api/v1/plans/{year}/items/": "/api/v1/plans/2007/items/",
        "/api/v1/plans/{year}/items/{number}/": "/api/v1/plans/2007/items/1/",
        "/api/v1/plans/{year}/milestones/": "/api/v1/plans/2007/milestones/",
        "/api/v1/plans/{year}/targets/": "/api/v1/plans/2007/targets/",
        "/api/v1/indicators/": "/api/v1/indicators/",
        "/api/v1/indicators/{indicator}/": "/api/v1/indicators/T04/",
        "/api/v1/units/": "/api/v1/units/",
        "/api/v1/units/{unit}/": "/api/v1/units/440000/",
        "/api/v1/reports/": "/api/v1/reports/",
        "/api/v1/reports/{month}/{unit}/": "/api/v1/reports/2007-06/440000/",
        "/api/v1/progress/": "/api/v1/progress/",
        "/api/v1/progress/series/": "/api/v1/progress/series/?indicator=T01",
        "/api/v1/figures/": "/api/v1/figures/",
        "/api/v1/assessment/schemes/": "/api/v1/assessment/schemes/",
        "/api/v1/assessment/results/": "/api/v1/assessment/results/",
        "/api/v1/assessment/results/{code}/{unit}/": "/api/v1/assessment/results/S1-Q3/440000/",
    }

    faults = {}
    for path, address in paths.items():
        stated = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**stated, "components": schema["components"]})
        faults[path] = [error.message for error in validator.iter_errors(program.get(address).json())]

    assert {path: found for path, found in faults.items() if found} == {}
