"""Where benchmarks are measured: a database of their own, filled with synthetic counties, removed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from reporting import scale
from submissions.models import ReportingMonth
from targets.models import Plan

DATABASE = "workplan_bench"
#: The month whose reports await review; it is not the last, so that the year's end can be read beside it.
PENDING_MONTH = 11


class BenchmarkFailed(Exception):
    """The two sides of a comparison do not say the same, or a client was turned away."""


@dataclass(frozen=True)
class Bed:
    """The seeded database as the benchmarks see it."""

    plan: Plan
    december: ReportingMonth
    pending: ReportingMonth
    reviewer: User
    seeded: scale.Seeded


@contextmanager
def scratch_bed(units: int = scale.UNITS) -> Iterator[Bed]:
    """Make the database beside the developer's own, seed it, and remove it whatever happens."""
    own = connection.settings_dict["NAME"]
    named = connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = DATABASE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield make_bed(units)
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)
        connection.settings_dict["TEST"]["NAME"] = named


def make_bed(units: int) -> Bed:
    """Load what seeding builds on, and seed."""
    for command in ("load_units", "load_plan"):
        call_command(command, stdout=StringIO(), skip_checks=True)
    return bed_of(scale.seed(units, pending_months=[PENDING_MONTH]))


def bed_of(seeded: scale.Seeded) -> Bed:
    """Return the bed of a database that is seeded."""
    plan = Plan.objects.get(year=scale.YEAR)
    months = {period.month.month: period for period in plan.months.all()}
    reviewer = User.objects.get(username="scale_reviewer")
    return Bed(plan, months[12], months[PENDING_MONTH], reviewer, seeded)
