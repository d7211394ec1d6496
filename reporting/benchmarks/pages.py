"""Whole pages and answers: what each asks the database, and its time against adding up the figures once.

The number of queries must not depend on the number of units; tests count it at two sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import ReportingUnit, UnitKind
from reporting import scale
from reporting.benchmarks.bed import Bed, BenchmarkFailed
from reporting.benchmarks.dashboard import raw_group_by
from reporting.benchmarks.rounds import ROUNDS, Comparison, compare
from targets.models import Indicator

#: Every page and answer that shows more than one unit or report; `{…}` as in `addresses`.
ADDRESSES = (
    "/overview/?month={month}",
    "/indicators/{indicator}/?month={month}",
    "/indicators/{indicator}/trace/?month={month}",
    "/indicators/{indicator}/reasons/?month={month}",
    "/regions/?month={month}",
    "/compare/?month={month}&unit=000000&unit={province}",
    "/units/000000/?month={month}",
    "/units/{province}/?month={month}",
    "/units/{county}/?month={month}",
    "/plan/?month={month}",
    "/plan/items/1/?month={month}",
    "/calendar/?year={year}",
    "/calendar/{pending}/",
    "/calendar/{pending}/?unit={province}",
    "/review/?month={pending}",
    "/reports/{pending}/{county}/",
    "/export/progress/?month={month}&unit=000000&level=children",
    "/export/ranking/?month={month}&indicator={indicator}",
    "/export/board/?month={month}",
    "/export/series/?month={month}&indicator={indicator}",
    "/export/figures/?month={month}",
    "/api/v1/units/",
    "/api/v1/plans/{year}/items/",
    "/api/v1/plans/{year}/targets/",
    "/api/v1/reports/?month={pending}",
    "/api/v1/reports/{pending}/{county}/",
    "/api/v1/progress/?plan={year}&month={month}&unit=000000&level=children",
    "/api/v1/progress/series/?plan={year}&indicator={indicator}&unit=000000",
    "/api/v1/figures/?plan={year}&month={month}",
    "/api/v1/figures/?plan={year}&month={month}&format=csv",
)


def run(bed: Bed, *, rounds: int = ROUNDS) -> list[Comparison]:
    """Compare one raw GROUP BY of the year with each page; its queries stand in the name."""
    client = reader(bed)
    return [
        compare(
            f"{address} ({queries(client, address)} queries)",
            ("raw GROUP BY", lambda: raw_group_by(bed)),
            ("page", _opening(client, address)),
            rounds=rounds,
        )
        for address in addresses(bed)
    ]


def addresses(bed: Bed) -> list[str]:
    """Return the addresses of the bed's plan, first county and a monthly indicator."""
    names = {
        "year": bed.plan.year,
        "month": f"{bed.december.month:%Y-%m}",
        "pending": f"{bed.pending.month:%Y-%m}",
        "indicator": Indicator.objects.order_by("code").values_list("code", flat=True)[0],
        "province": ReportingUnit.objects.filter(kind=UnitKind.PROVINCE).order_by("position")[0].code,
        "county": ReportingUnit.objects.filter(kind=UnitKind.COUNTY).order_by("position")[0].code,
    }
    return [address.format(**names) for address in ADDRESSES]


def reader(bed: Bed) -> Client:
    """Return a browser signed in as the reviewer, who sees everything."""
    client = Client()
    client.force_login(bed.reviewer)
    return client


def queries(client: Client, address: str) -> int:
    """Return how many queries the page asks once it is warm; the fewer of two, for once a minute a session is noted.

    :raises BenchmarkFailed: it does not open.
    """
    _open(client, address)
    return min(_asked(client, address) for _ in range(2))


def _asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        _open(client, address)
    return len(asked)


def _opening(client: Client, address: str) -> Callable[[], None]:
    return lambda: _open(client, address)


#: The pages offer no month to come: the bench stands after its year.
_afterwards = override_settings(BUSINESS_DATE=date(scale.YEAR + 1, 1, 15))


@_afterwards
def _open(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise BenchmarkFailed(f"{address} answers {answer.status_code}.")
    for _chunk in answer:  # a download is made while it is read
        pass
