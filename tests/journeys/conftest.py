"""A browser, a portal with plan and people, and a way to sign in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from threading import Lock
from time import monotonic, sleep

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from accounts.models import ReportingUnit, User
from submissions.models import ReportingMonth
from targets.models import Target
from tests import factories
from tests.journeys.sheet import Sheet

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PASSWORD = "Journey-2007"
#: Milliseconds that anything may take: far more than on an idle machine, so that a busy one fails no journey.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey drives a browser; without one it is skipped by name."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    quiet.append("--disable-dev-shm-usage")  # a container's is small
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Return a way to a person's own browser, as patient as the expectations are."""

    def made(**how: object) -> BrowserContext:
        context = new_context(**how)
        context.set_default_timeout(PATIENCE)
        return context

    return made


@pytest.fixture(scope="session", autouse=True)
def _database_from_the_browsers_thread() -> None:
    """Playwright's synchronous interface runs an event loop in this thread; Django must not mistake it for its own."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(autouse=True)
def _files_by_their_plain_names(settings: object) -> None:
    """Nobody collects static files before a test; the live server finds them where they are written."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def plan_of_2007(transactional_db: None) -> None:
    call_command("load_units", verbosity=0)
    call_command("load_plan", verbosity=0)


@pytest.fixture
def people(plan_of_2007: None) -> dict[str, User]:
    """Return the people of the journeys by name, all with the same password."""
    guangdong = ReportingUnit.objects.get(code="440000")
    people = {
        "ministry": factories.person("MINISTRY_REVIEWER", username="ministry"),
        "ministry2": factories.person("MINISTRY_REVIEWER", username="ministry2"),
        "analyst": factories.person("ANALYST", username="analyst"),
        "gd_clerk": factories.person("CLERK", guangdong, username="gd_clerk"),
        "gd_lead": factories.person("LEAD", guangdong, username="gd_lead"),
    }
    for person in people.values():
        person.set_password(PASSWORD)
        person.save()
    return people


@pytest.fixture
def september(people: dict[str, User]) -> ReportingMonth:
    """Return September 2007, filed and approved for Guangdong: three quarters of every target."""
    guangdong = ReportingUnit.objects.get(code="440000")
    period = ReportingMonth.objects.get(month="2007-09-01")
    figures = {
        target.indicator.code: _three_quarters(target)
        for target in Target.objects.filter(unit=guangdong).select_related("indicator")
        if target.indicator.frequency in {1, 3}
    }
    figures["W01"] = {"value": "580000000", "persons": "290000"}  # asked without a target
    factories.approved(
        guangdong, period, figures, by=people["ministry"], reviewer=people["ministry2"],
        explanations={f"V06:{code}": "按季度核定。" for code in ("T04",)},
    )  # fmt: skip
    return period


def _three_quarters(target: Target) -> object:
    kind = target.indicator.kind
    if kind == "RATIO":
        return (25_000, 1_000_000)
    if kind == "ZERO":
        return {"value": "0", "persons": "0"}
    start = target.baseline_value if kind == "STOCK" else Decimal(0)
    return str(round(start + (target.target_value - start) * 3 / 4))


@pytest.fixture
def sign_in(page: Page, live_server: object, people: dict[str, User]) -> Callable[[str], Page]:
    """Sign in as a named person, whoever was there before."""

    def enter(username: str) -> Page:
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")
        return page

    return enter


# The grid --------------------------------------------------------------------------------------

#: As many monthly indicators as the largest paste has rows.
GRID_CODES = [f"X{number:02d}" for number in range(1, 21)]


@pytest.fixture
def grid_unit(transactional_db: None, settings: object) -> ReportingUnit:
    """Return a unit with twenty monthly indicators, a quarterly rate and an amount with persons, all months open."""
    settings.BUSINESS_DATE = date(2007, 12, 20)
    unit = factories.UnitFactory(code="440000", name="广东省", short_name="广东")
    factories.months_of_2007()
    indicators = [factories.IndicatorFactory(code=code) for code in GRID_CODES]
    indicators.append(factories.IndicatorFactory(code="Y04", ratio=True))
    indicators.append(factories.IndicatorFactory(code="Z18", zero=True))
    for indicator in indicators:
        factories.AssignmentFactory(unit=unit, indicator=indicator)
    return unit


@pytest.fixture
def grid_clerks(grid_unit: ReportingUnit) -> dict[str, User]:
    return {
        name: factories.person(role, grid_unit, username=name)
        for name, role in {"gd_clerk": "CLERK", "gd_clerk2": "CLERK", "gd_lead": "LEAD"}.items()
    }


@pytest.fixture
def enter(live_server: object) -> Callable[[Page, User], None]:
    """Sign a page in as a person without the detour over the sign-in page."""

    def sign_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )

    return sign_in


@pytest.fixture
def sheet(page: Page, live_server: object, grid_clerks: dict[str, User], enter: Callable) -> Sheet:
    """Return the grid, open before a clerk of the unit."""
    enter(page, grid_clerks["gd_clerk"])
    return Sheet(page, f"{live_server.url}/reports/grid/440000/").open()


class _Requests:
    """How many requests the live server is answering: it runs in threads of this very process."""

    def __init__(self) -> None:
        self.n, self._lock = 0, Lock()
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def _begin(self, **_signal: object) -> None:
        with self._lock:
            self.n += 1

    def _end(self, **_signal: object) -> None:
        with self._lock:
            self.n -= 1

    def stop(self) -> None:
        request_started.disconnect(self._begin)
        request_finished.disconnect(self._end)


@pytest.fixture(autouse=True)
def _nothing_under_way(transactional_db: None, browser: Browser) -> Iterator[None]:
    """Let what the pages were saving come to its end before the tables are emptied; a journey may have closed some."""
    requests = _Requests()
    yield
    for context in browser.contexts:
        for page in context.pages:
            with suppress(Error):  # closed meanwhile, or on its way elsewhere
                page.goto("about:blank")
    n_quiet, until = 0, monotonic() + 60
    while n_quiet < 15 and monotonic() < until:  # one may just be on its way in
        sleep(0.02)
        n_quiet = n_quiet + 1 if requests.n <= 0 else 0
    requests.stop()
