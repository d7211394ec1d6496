"""Before release nobody learns another unit's figure, from any address that answers (T-09, T-41)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts import permissions
from accounts.models import ReportingUnit, User
from accounts.regions import RegionMember, RegionScheme
from submissions.models import ReportingMonth
from tests import factories
from tests.reporting.filings import publish, stand

pytestmark = pytest.mark.django_db

#: Filed for September, not published, by two units beside the reader's; as stored and as shown, alone and added up.
SECRETS = ("7654321", "7,654,321", "765.4", "6543217", "6,543,217", "654.3", "14198649", "14,198,649", "1419.9")

UNITS = ("000000", "110000", "120000", "130000")
ASKED = "month=2007-09&unit={unit}&indicator=F01"

#: Every address that shows or hands out figures, asked for the month and by default.
OF_EACH_UNIT = (
    f"/indicators/F01/?{ASKED}",
    f"/indicators/F01/trace/?{ASKED}",
    f"/indicators/F01/reasons/?{ASKED}",
    "/units/{unit}/?month=2007-09",
    "/reports/2007-09/{unit}/",
    "/reports/grid/{unit}/",
    *(f"/export/{table}/?{ASKED}" for table in ("progress", "ranking", "figures", "series", "trace", "reasons")),
    f"/export/workbook/?{ASKED}",
    "/compare/?month=2007-09&unit={unit}&indicator=F01",
    f"/export/progress/?{ASKED}&level=children",
    f"/explore/?{ASKED}&month=2007-08&measure=value&measure=month_value&measure=rank",
    *(f"/export/explore/?{ASKED}&format={kind}" for kind in ("csv", "xlsx")),
    f"/api/v1/progress/?{ASKED}",
    f"/api/v1/progress/?{ASKED}&level=children",
    "/api/v1/progress/series/?indicator=F01&unit={unit}",
    f"/api/v1/figures/?{ASKED}",
    "/api/v1/reports/2007-09/{unit}/",
    "/api/v1/sdmx/data/WORKPLAN/.{unit}.F01.",
    "/circular/2007-09/letters/{unit}.docx",
)
ALONE = (
    *("/overview/", "/leader/", "/plan/", "/plan/items/1/", "/reports/", "/review/", "/calendar/", "/notices/"),
    *("/overview/?month=2007-09", "/leader/?month=2007-09", "/plan/?month=2007-09", "/plan/items/1/?month=2007-09"),
    *("/explore/", "/explore/?rows=indicator&cols=month", "/explore/?month=2007-09&sort=-2007-09.value"),
    *("/circular/2007-09/", "/circular/2007-09/circular.docx", "/circular/2007-09/letters.zip"),
    *("/regions/", "/regions/?month=2007-09&indicator=F01", "/export/regions/?month=2007-09&indicator=F01"),
    *("/regions/reasons/?month=2007-09&indicator=F01", "/export/regions/reasons/?month=2007-09&indicator=F01"),
    *("/warnings/", "/export/warnings/", "/views/", "/assessment/", "/export/assessment/"),
    *("/api/v1/warnings/", "/api/v1/assessment/results/"),
    *("/calendar/2007-09/", "/export/board/?month=2007-09", "/export/figures/?format=csv", "/export/figures/"),
    *(f"/api/v1/figures/?plan=2007&format={kind}" for kind in ("json", "csv", "xlsx")),
    *("/api/v1/figures/?plan=2007&versions=all", "/api/v1/reports/?month=2007-09", "/api/v1/plans/2007/items/1/"),
)
ADDRESSES = [*ALONE, *(address.format(unit=unit) for address in OF_EACH_UNIT for unit in UNITS)]


@pytest.fixture
def world(db: None) -> list[ReportingUnit]:
    """Three provinces; August is published with small figures, September is approved and not published."""
    nation = factories.NationFactory()
    flow = factories.IndicatorFactory(code="F01")
    factories.TargetFactory(indicator=flow, unit=nation, target_value=20_000_000)
    units = [factories.UnitFactory(code=f"{n}0000", short_name=f"省{n}") for n in (11, 12, 13)]
    for unit in units:
        factories.AssignmentFactory(indicator=flow, unit=unit)
        factories.TargetFactory(indicator=flow, unit=unit, target_value=9_000_000)
    august, september = (factories.MonthFactory(number=number) for number in (8, 9))
    for unit in units:
        stand(unit, august, {flow: 1000})
    publish(august)
    scheme = RegionScheme.objects.create(code="all", name="全部", name_en="All", starts_on=date(2000, 1, 1))
    group = scheme.groups.create(code="one", name="一区", name_en="One")
    for unit in units:
        RegionMember.objects.create(scheme=scheme, group=group, unit=unit)
    for unit, value in zip(units, (7_654_321, 6_543_217, 1_111), strict=True):
        stand(unit, september, {flow: value})
    return units


def reader(role: str | None, unit: ReportingUnit) -> User | None:
    return None if role is None else factories.person(role, unit if role in {"CLERK", "LEAD"} else None)


def said(answer: HttpResponse) -> str:
    """Return all an answer says: headers, body, and the parts of a workbook."""
    body = answer.getvalue()
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return headers + body.decode(errors="replace")


def crawl(client: Client, addresses: Iterable[str] = ADDRESSES) -> dict[str, list[str]]:
    """Return the secrets found, by address."""
    found = {}
    for address in addresses:
        text = said(client.get(address))
        if told := [secret for secret in SECRETS if secret in text]:
            found[address] = told
    return found


@pytest.mark.parametrize("role", ["CLERK", "LEAD", "KIOSK", "SYSTEM_ADMIN", "SECURITY_ADMIN", "AUDITOR", None])
def test_t09_forbidden_figures_appear_nowhere(world, client, role):
    person = reader(role, world[2])
    if person is not None:
        client.force_login(person)

    assert crawl(client) == {}


def test_the_crawl_sees_what_is_open_to_the_analyst(world, client):
    """Control: the very addresses tell the figures to who may read them."""
    client.force_login(factories.person("ANALYST"))

    found = crawl(client)

    doors = {"/".join(address.split("?")[0].split("/")[:3]) for address in found}
    assert doors >= {
        "/overview/",
        "/leader/",
        "/units/110000",
        "/export/figures",
        "/export/ranking",
        "/export/regions",
        "/export/workbook",
        "/regions/",
        "/compare/",
        "/circular/2007-09",
        "/api/v1",
    }


def test_with_the_door_open_the_crawl_goes_red(world, client, monkeypatch):
    client.force_login(factories.person("CLERK", world[2]))
    monkeypatch.setattr(permissions, "sees_all_approved", lambda person: True)

    assert crawl(client) != {}


def test_t41_no_answer_differs_between_all_units_and_all_but_one(world, client):
    """What one more unit files before release changes nothing for the others: no sum, no count, no rank."""
    programs = [
        address for address in ADDRESSES if address.startswith("/api/") and not set(address.split("/")) & {"sdmx"}
    ]
    programs = [address for address in programs if "xlsx" not in address]  # both say when they were made
    client.force_login(factories.person("CLERK", world[2]))
    flow = factories.IndicatorFactory(code="F01")
    fourth = factories.UnitFactory(code="140000", short_name="省14")
    factories.AssignmentFactory(indicator=flow, unit=fourth)
    without = {address: client.get(address).getvalue() for address in programs}

    stand(fourth, ReportingMonth.objects.get(month=date(2007, 9, 1)), {flow: 123_456})

    changed = [address for address in programs if client.get(address).getvalue() != without[address]]
    assert changed == []


def test_after_release_everybody_reads_it(world, client):
    publish(ReportingMonth.objects.get(month=date(2007, 9, 1)))
    client.force_login(factories.person("CLERK", world[2]))

    assert "/units/110000/?month=2007-09" in crawl(client)
