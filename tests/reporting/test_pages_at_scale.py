"""A page asks as much of the database for 110 units as for 200."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction

from reporting import scale
from reporting.benchmarks import bed, pages

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def costs(django_db_setup: None, django_db_blocker: object) -> list[dict[str, int]]:
    """Each address with its queries, at two sizes."""
    return [_costs(units, django_db_blocker) for units in (110, 200)]


def _costs(units: int, blocker: object) -> dict[str, int]:
    with blocker.unblock(), transaction.atomic():
        call_command("load_units")
        call_command("load_plan")
        seeded = bed.bed_of(scale.seed(units, pending_months=[bed.PENDING_MONTH]))
        client = pages.reader(seeded)
        counted = {
            shape: pages.queries(client, address)
            for shape, address in zip(pages.ADDRESSES, pages.addresses(seeded), strict=True)
        }
        transaction.set_rollback(True)
    return counted


@pytest.mark.parametrize("address", pages.ADDRESSES)
def test_a_page_costs_the_same_queries_at_any_number_of_units(costs, address):
    few, many = costs

    assert many[address] == few[address]
