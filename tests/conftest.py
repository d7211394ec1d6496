"""What every test may ask for: a clock, people by role, and a migration to go back to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from unittest import mock

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from factory.django import DjangoModelFactory
from hypothesis import HealthCheck, settings

from accounts.models import User
from tests import factories
from tests.depth import ABOUT_THE_SERVER, DATABASE_ONLY, LONG
from tests.emptying import empty_the_tables

NO_SKIPS = os.environ.get("WORKPLAN_NO_SKIPS") == "1"

# Properties draw anew where people work and the same examples in CI; how busy the machine is fails none of them.
settings.register_profile(
    "workplan",
    derandomize=os.environ.get("CI") == "true",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("workplan")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long.

    Where only the database is in question, ask each question once; what its constraints refuse, in every case.
    """
    items.sort(key=lambda item: item.path.name not in LONG)
    if DATABASE_ONLY:
        kept: dict[str, pytest.Item] = {}
        for item in items:
            if _touches_the_database(item) and item.path.name in ABOUT_THE_SERVER:
                is_of_the_schema = item.path.name == "test_models.py"
                kept.setdefault(item.nodeid if is_of_the_schema else item.nodeid.partition("[")[0], item)
        asked = set(kept.values())
        config.hook.pytest_deselected(items=[item for item in items if item not in asked])
        items[:] = [item for item in items if item in asked]


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_setup"}
    return not fixtures.isdisjoint(getattr(item, "fixturenames", ())) or bool(item.get_closest_marker("django_db"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Where nothing may be skipped (CI), a skip is a failure that names what is missing."""
    outcome = yield
    report = outcome.get_result()
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {call.excinfo.value if call.excinfo else 'no reason'}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Keep autovacuum off: what it counts between two tests, in empty tables, misleads the planner.

    No test database is made where no collected test asks for one: rows would go into the portal's own.
    """
    if not connection.settings_dict["NAME"].startswith("test_"):
        pytest.exit("No test asked for a database, a fixture did: mark its file with pytest.mark.django_db.", 1)
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET (autovacuum_enabled = off)")


@pytest.fixture(scope="session", autouse=True)
def _empty_in_no_time() -> Iterator[None]:
    """Tests that commit leave rows behind; they are deleted, not truncated."""
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_the_tables):
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Evidence that tests file lies in a folder of their own."""
    with override_settings(FILES_DIR=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _tokens_that_spell_nothing() -> Iterator[None]:
    """A page's random token has no digit and no vowel: no search meets a figure, a code or a word in it."""
    with mock.patch("django.middleware.csrf.CSRF_ALLOWED_CHARS", "ghjkmnpqrtvwxyzGHJKMNPQRVWXYZ"):
        yield


@pytest.fixture(scope="module", autouse=True)
def _numbers_from_the_beginning() -> None:
    """The codes that factories count are the same in every run of a module, whichever modules ran before it."""
    waiting = [DjangoModelFactory]
    while waiting:
        below = waiting.pop().__subclasses__()
        for factory in below:
            factory.reset_sequence(0, force=True)
        waiting += below


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Tests read the interface in its source language unless they say otherwise."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def business_date(settings: object) -> date:
    """Stand on the demonstration's date, wherever the tests run."""
    settings.BUSINESS_DATE = date(2007, 10, 12)
    return settings.BUSINESS_DATE


@pytest.fixture
def ministry(db: None) -> User:
    return factories.person("MINISTRY_REVIEWER", username="ministry")


@pytest.fixture
def planner(db: None) -> User:
    return factories.person("PLANNER", username="planner")


@pytest.fixture
def analyst(db: None) -> User:
    return factories.person("ANALYST", username="analyst")


@pytest.fixture
def migrate_to(transactional_db: None) -> Iterator[Callable[[str, str], Apps]]:
    """Migrate one app to a state and back to the newest at the end."""

    def migrate(app: str, name: str) -> Apps:
        executor = MigrationExecutor(connection)
        executor.migrate([(app, name)])
        return MigrationExecutor(connection).loader.project_state([(app, name)]).apps

    yield migrate
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


class Office:
    """LibreOffice, as it stands on a reader's desk: opens files and saves them in another form."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def __call__(self, name: str, content: bytes, *options: str) -> bytes:
        return self.all({name: content}, *options)[name]

    def all(self, files: Mapping[str, bytes], *options: str, form: str = "xlsx") -> dict[str, bytes]:
        """Return each file as it is after the program saved it, by its name; all of them in one go."""
        (self.folder / "out").mkdir(exist_ok=True)
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        command = [self.program, "--headless", f"-env:UserInstallation=file://{self.folder}/profile", *options]
        command += ["--convert-to", form, "--outdir", str(self.folder / "out")]
        command += [str(self.folder / name) for name in files]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return {name: (self.folder / "out" / Path(name).with_suffix(f".{form}").name).read_bytes() for name in files}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Open files in LibreOffice and save them in another form, as a reader's desk would."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    return Office(program, tmp_path_factory.mktemp("office"))
