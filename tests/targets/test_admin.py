"""Reference data in the admin through the client: forms and sheets, and who may not."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from targets.models import Indicator, Target
from tests import factories

XLSX, CSV = "0", "1"
HEADERS = ["plan", "item", "indicator", "unit", "target_value", "bound", "strength", "is_synthetic"]


@pytest.fixture
def target(db) -> Target:
    unit = factories.UnitFactory(code="440000", short_name="广东")
    return factories.TargetFactory(
        indicator=factories.IndicatorFactory(code="X01"), unit=unit, target_value=Decimal(900_000)
    )


def page(model: str, act: str = "changelist", *args: object) -> str:
    return reverse(f"admin:targets_{model}_{act}", args=args)


def sheet(*rows: list[object]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEADERS, *rows]):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def row(value: object, unit: str = "440000") -> list[object]:
    return [2007, 1, "X01", unit, value, "AT_LEAST", "PLAIN", "FALSE"]


def upload(client, data: bytes, *, name: str = "目标.xlsx", file_format: str = XLSX):
    file = SimpleUploadedFile(name, data)
    return client.post(page("target", "import"), {"import_file": file, "format": file_format, "resource": ""})


def confirm(client, preview):
    return client.post(page("target", "process_import"), preview.context["confirm_form"].initial, follow=True)


def newest_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-number").first()


# Forms -----------------------------------------------------------------------------------------


def target_form(target: Target, **more: object) -> dict[str, object]:
    form = {
        "item": target.item_id,
        "bound": "AT_LEAST",
        "strength": "PLAIN",
        "wording": "",
        "source": "",
        "is_ranked": "on",
    }
    return form | {"target_value": "900000", "baseline_value": ""} | more


@pytest.mark.parametrize("text", ["950000", "950,000", "９５００００", " 950000.00 "])
def test_a_target_is_typed_by_the_one_grammar(client, planner, target, text):
    client.force_login(planner)

    client.post(page("target", "change", target.pk), target_form(target, target_value=text))

    target.refresh_from_db()
    assert target.target_value == Decimal(950_000)
    assert newest_entry().details["changes"]["target_value"] == ["900000.0000", "950000"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"target_value": "95万"}, "target_value"),
        ({"target_value": "1_000"}, "target_value"),
        ({"target_value": ""}, "target_value"),
        ({"target_value": "-5"}, "target_value"),
        ({"target_value": "0.5"}, "target_value"),
        ({"baseline_value": "0.5"}, "baseline_value"),
        ({"planned_month": "13"}, "__all__"),
    ],
)
def test_a_target_that_cannot_be_is_refused_on_the_form(client, planner, target, more, field):
    client.force_login(planner)

    answer = client.post(page("target", "change", target.pk), target_form(target, **more))

    assert field in answer.context["adminform"].form.errors
    target.refresh_from_db()
    assert target.target_value == Decimal(900_000)


def test_saving_without_a_change_leaves_no_entry(client, planner, target):
    client.force_login(planner)
    before = AuditEntry.objects.count()

    client.post(page("target", "change", target.pk), target_form(target, target_value="900,000"))

    assert AuditEntry.objects.count() == before


def test_what_figures_hang_on_is_not_offered_for_change(client, planner, target):
    client.force_login(planner)

    indicator = client.get(page("indicator", "change", target.indicator_id)).context["adminform"].form
    of_target = client.get(page("target", "change", target.pk)).context["adminform"].form

    fixed = {"code", "kind", "unit_of_measure", "decimals", "frequency", "unit_aggregation", "has_persons"}
    assert fixed & set(indicator.fields) == set()
    assert {"plan", "indicator", "unit"} & set(of_target.fields) == set()
    assert fixed - {"code"} < set(client.get(page("indicator", "add")).context["adminform"].form.fields)


@pytest.mark.parametrize(
    "model", ["plan", "chapter", "item", "indicator", "target", "milestone", "thresholds", "assignment"]
)
def test_every_list_costs_the_same_for_one_row_and_for_twenty(client, planner, model):
    make = {
        "milestone": lambda n: factories.MilestoneFactory(code=f"M01-{n}"),
        "assignment": lambda n: factories.AssignmentFactory(unit=factories.UnitFactory(code=f"{110000 + n}")),
        "target": lambda n: factories.TargetFactory(
            indicator=factories.IndicatorFactory(code="X01"), unit=factories.UnitFactory(code=f"{110000 + n}")
        ),
        "item": lambda n: factories.ItemFactory(number=n),
    }.get(model, lambda _n: factories.ItemFactory())
    client.force_login(planner)
    make(1)
    client.get(page(model))
    counts = []
    for numbers in (range(1, 2), range(2, 21)):
        for n in numbers:
            counts and make(n)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(page(model)).status_code == 200
        counts.append(len(counted))

    assert counts[0] == counts[1]


# Sheets ----------------------------------------------------------------------------------------


def test_a_sheet_is_previewed_confirmed_and_recorded(client, planner, target):
    client.force_login(planner)
    factories.UnitFactory(code="450000")

    preview = upload(client, sheet(row("950,000"), row(100_000, "450000")))
    assert "<del>900000</del> <ins>950000</ins>" in preview.content.decode()
    assert Target.objects.get(unit__code="440000").target_value == Decimal(900_000)

    confirm(client, preview)

    assert sorted(Target.objects.values_list("unit__code", "target_value")) == [
        ("440000", Decimal(950_000)),
        ("450000", Decimal(100_000)),
    ]
    entries = AuditEntry.objects.order_by("-number")[:2]
    assert [entry.action for entry in entries] == ["target.create", "target.change"]
    assert entries[1].details["changes"] == {"target_value": ["900000", "950000"]}
    assert entries[1].details["file"] == "目标.xlsx"


def test_a_sheet_with_a_bad_row_is_not_offered_for_confirmation(client, planner, target):
    client.force_login(planner)

    answer = upload(client, sheet(row(950_000), row(1, "999999")))

    assert "confirm_form" not in answer.context
    assert "没有代码为“999999”的填报单位。" in answer.content.decode()


def test_a_file_that_cannot_be_read_is_told_why(client, planner, target):
    client.force_login(planner)

    for name, data, file_format, sentence in (
        ("a.xlsx", b"%PDF-1.7", XLSX, "这是 PDF 文件"),
        ("a.csv", b'plan\n"2007', CSV, "引号不成对"),
    ):
        answer = upload(client, data, name=name, file_format=file_format)
        assert sentence in str(answer.context["form"].errors["import_file"])


def test_what_changed_since_the_preview_stops_the_import_whole(client, planner, target):
    client.force_login(planner)
    unit = factories.UnitFactory(code="450000")
    preview = upload(client, sheet(row(950_000), row(100_000, "450000")))
    unit.code, unit.path = "450001", "000000.450001."
    unit.save()

    answer = confirm(client, preview)

    target.refresh_from_db()
    assert target.target_value == Decimal(900_000)
    assert "预览之后数据有变化" in answer.content.decode()


@pytest.mark.parametrize(("file_format", "kind"), [(XLSX, "spreadsheetml"), (CSV, "text/csv")])
def test_targets_are_exported_and_that_is_recorded(client, planner, target, file_format, kind):
    client.force_login(planner)

    answer = client.post(page("target", "export"), {"format": file_format, "resource": ""})

    assert kind in answer["Content-Type"]
    assert (newest_entry().action, newest_entry().details) == ("target.export", {"rows": 1})


def test_an_export_comes_back_in_without_a_change(client, planner, target):
    client.force_login(planner)
    data = client.post(page("target", "export"), {"format": XLSX, "resource": ""}).content

    preview = upload(client, data)

    assert preview.context["result"].totals["skip"] == 1


def test_reviewers_look_and_export_but_do_not_import(client, ministry, target):
    client.force_login(ministry)

    statuses = [
        client.get(page("target")).status_code,
        client.get(page("target", "export")).status_code,
        client.get(page("target", "import")).status_code,
        client.post(page("target", "process_import")).status_code,
        client.get(page("target", "add")).status_code,
        client.post(page("target", "change", target.pk), target_form(target)).status_code,
    ]

    assert statuses == [200, 200, 403, 403, 403, 403]


def test_others_reach_no_sheet(client, auditor_of_targets, target):
    client.force_login(auditor_of_targets)

    assert [client.get(page("target", act)).status_code for act in ("import", "export")] == [403, 403]


@pytest.fixture
def auditor_of_targets(db):
    return factories.person("AUDITOR")


@pytest.mark.parametrize("act", ["import", "export"])
def test_the_sheets_pages_obey_the_strict_policy(client, planner, target, act):
    client.force_login(planner)

    body = client.get(page("target", act)).content.decode()

    assert re.findall(r"<[^>]+\sstyle=|<[^>]+\son[a-z]+=|<script>", body) == []


def test_only_workbooks_and_csv_are_offered(client, planner, target):
    client.force_login(planner)

    for act in ("import", "export"):
        choices = client.get(page("target", act)).context["form"].fields["format"].choices
        assert [label for _value, label in choices if _value] == ["xlsx", "csv"]


def test_an_indicator_is_made_on_the_form(client, planner, db):
    client.force_login(planner)
    form = {
        "code": "X07",
        "name": "新指标",
        "short_name": "新指标",
        "kind": "FLOW",
        "unit_of_measure": "PERSON",
        "decimals": 0,
        "display_decimals": 1,
        "frequency": 1,
        "time_aggregation": "NEWEST",
        "unit_aggregation": "SUM",
    }

    client.post(page("indicator", "add"), form)

    assert Indicator.objects.get(code="X07").name == "新指标"
    assert newest_entry().action == "indicator.create"
