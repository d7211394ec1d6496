"""What we show others to copy works: OpenAPI examples, the notebook of docs/, and the Power Query text."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.test import Client
from jsonschema import Draft202012Validator

from accounts import services as people
from accounts.models import ApiToken, User
from tests import factories
from tests.reporting.filings import stand

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = (
    *("assessment/results/", "figures/", "progress/", "progress/series/"),
    *("reports/", "reports/{month}/{unit}/", "warnings/"),
    *("views/", "views/{pk}/", "views/{pk}/schedules/", "views/files/"),
)


@pytest.fixture(scope="module")
def document() -> dict:
    return yaml.safe_load((DOCS / "openapi.yaml").read_text(encoding="utf-8"))


def test_the_addresses_of_figures_and_reports_have_examples_that_fit_their_schema(document):
    """D-11: the committed document; `generate_docs --check` holds it against the code."""
    fitting = {}
    for path in SHOWN:
        content = document["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": document["components"]}
        examples = [example["value"] for example in content.get("examples", {}).values()]
        fitting[path] = [list(Draft202012Validator(schema).iter_errors(example)) for example in examples]

    assert fitting == {path: [[]] for path in SHOWN}


# Live ------------------------------------------------------------------------------------------


def filed_year() -> tuple[User, str]:
    """Two units file a flow and a rate; return the analyst and the text of their token."""
    flow, rate = factories.IndicatorFactory(code="F01"), factories.IndicatorFactory(code="R01", ratio=True)
    months = [factories.MonthFactory(number=number) for number in (5, 6)]
    for number, code in enumerate(("110000", "120000"), start=1):
        unit = factories.UnitFactory(code=code)
        for indicator in (flow, rate):
            factories.AssignmentFactory(indicator=indicator, unit=unit)
        stand(unit, months[0], {flow: 10 * number})
        stand(unit, months[1], {flow: Decimal("20.5") * number, rate: (number, 7)})
    analyst = factories.person("ANALYST")
    token = people.create_token(analyst, name="notebook", scope=ApiToken.Scope.READ, ttl=timedelta(hours=1))
    return analyst, token.text


@pytest.mark.django_db(transaction=True)
def test_the_notebook_runs_and_its_own_check_holds(live_server, monkeypatch):
    _analyst, token = filed_year()
    monkeypatch.setenv("WORKPLAN_URL", live_server.url)
    monkeypatch.setenv("WORKPLAN_TOKEN", token)
    names: dict = {}

    for cell in json.loads((DOCS / "figures.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "figures.ipynb", "exec"), names)  # noqa: S102 -- our own text

    assert len(names["figures"]) == 6
    assert names["matrix"].loc["120000", "F01"] == Decimal(41)
    assert names["rates"]["rate"].tolist() == [Decimal(3) / Decimal(14)]
    assert names["check"].to_dict("list") == {"added": [Decimal("61.5")], "national": [Decimal("61.5")]}


@pytest.mark.django_db
def test_power_query_asks_for_and_types_what_the_address_answers(client: Client):
    _analyst, token = filed_year()
    text = (DOCS / "figures.pq").read_text(encoding="utf-8")
    path = re.search(r'RelativePath = "([^"]+)"', text)[1]
    query = dict(re.findall(r'(\w+) = "([^"]+)"', re.search(r"Query = \[(.*?)\]", text)[1]))
    typed = dict(re.findall(r'\{"(\w+)", (type \w+|Int64\.Type)\}', text))

    answer = client.get(f"/{path}", query, headers={"Authorization": f"Bearer {token}"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))

    assert answer.status_code == 200
    assert list(typed) == list(rows[0])
    numbers = [name for name, kind in typed.items() if kind in ("type number", "Int64.Type")]
    assert all(row[name] == "" or Decimal(row[name]).is_finite() for row in rows for name in numbers)
    assert [text.count(sign) for sign in "([{"] == [text.count(sign) for sign in ")]}"]
