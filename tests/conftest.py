"""What all tests share. No test empties tables: each works in a transaction that is taken back, or on a copy.

Ordinary tests use pytest-django's ``db``. Tests that need real commits, such as races and other processes, use
``committed_db`` or ``run_makegood``.
"""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import django
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from pytest_django import DjangoDbBlocker

GIVEN_DATABASE_URL = os.environ.get("DATABASE_URL")
for _name in [name for name in os.environ if name.startswith("MAKEGOOD_") and not name.startswith("MAKEGOOD_TEST_")]:
    del os.environ[_name]
os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.config.settings"
os.environ["MAKEGOOD_SECRET_KEY"] = "not secret, only for tests"
os.environ["COLUMNS"] = "160"
# No test speaks to a real processor: what does not start one of its own finds nobody there.
os.environ["MAKEGOOD_STRIPE_API"] = "http://127.0.0.1:9"

from tests.support import databases  # noqa: E402  (the environment has to be set before Django is touched)
from tests.support.databases import DatabaseServer  # noqa: E402

COMMAND = Path(sys.executable).parent / "makegood"
COMMAND_SECONDS = 300


def pytest_configure(config: pytest.Config) -> None:
    django.setup()
    # Passwords of tests are no secrets; hashing them well would take longer than the tests.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64
    if not hasattr(config, "workerinput") and not GIVEN_DATABASE_URL:
        os.environ[databases.FOLDER_VARIABLE] = str(databases.make_folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = os.environ.get(databases.FOLDER_VARIABLE)
    if folder and not hasattr(config, "workerinput"):
        databases.remove_folder(Path(folder))
        del os.environ[databases.FOLDER_VARIABLE]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.support import telco

    if not telco.REAL_FILE.exists():
        terminalreporter.write_line(telco.NOT_THERE)
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        if report.when == "call":
            for figures in [value for name, value in report.user_properties if name == "figures"]:
                terminalreporter.write_line(str(figures))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if (marker and marker.kwargs.get("transaction")) or fixtures & {"transactional_db", "live_server"}:
            raise pytest.UsageError(f"{item.nodeid} would empty all tables; use the fixture committed_db.")


@pytest.fixture(scope="session")
def database_server() -> Iterator[DatabaseServer]:
    """The server that the databases of the tests are on."""
    with databases.share_server(GIVEN_DATABASE_URL) as server:
        yield server


@pytest.fixture(scope="session")
def ordinary_database(database_server: DatabaseServer, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of this process's copy of the template, in which nothing is ever committed."""
    with django_db_blocker.unblock():
        name = database_server.clone()
        databases.use_database(database_server.url(name))
    yield database_server.url(name)
    with django_db_blocker.unblock():
        connections.close_all()
        database_server.drop(name)


@pytest.fixture(scope="session")
def django_db_setup(ordinary_database: str) -> None:
    """Replaces pytest-django's own way of making a database."""


@pytest.fixture
def committed_db(
    request: pytest.FixtureRequest,
    database_server: DatabaseServer,
    ordinary_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
) -> Iterator[dict[str, str]]:
    """A fresh database that Django is connected to and in which commits are real; gone after the test.

    Gives the environment that other processes need to work on it.
    """
    if "db" in request.fixturenames:
        raise pytest.UsageError("A test works in a transaction (db) or on a copy (committed_db), not both.")
    with django_db_blocker.unblock():
        name = database_server.clone()
        databases.use_database(database_server.url(name))
        try:
            yield {"DATABASE_URL": database_server.url(name), "MAKEGOOD_DATA": str(tmp_path / "data")}
        finally:
            databases.use_database(ordinary_database)
            database_server.drop(name)


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run_makegood(committed_db: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the real command as a process of its own, on the test's own database: ``run_makegood("verify")``."""

    def run(
        *arguments: str, stdin: str | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            input=stdin or "",
            env=os.environ | committed_db | dict(env or {}),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    return run


@pytest.fixture
def makegood_cli() -> Callable[..., Answer]:
    """Runs a command inside the test process, hence inside the test's transaction: ``makegood_cli("verify")``."""
    from makegood.config.entry import dispatch

    def run(*arguments: str, stdin: str | None = None) -> Answer:
        output, errors = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(errors),
            mock.patch("sys.stdin", io.StringIO(stdin or "")),
        ):
            status = dispatch(arguments)
        return Answer(status, output.getvalue(), errors.getvalue())

    return run


@pytest.fixture
def assert_verified() -> Callable[[], None]:
    """Checks everything that must hold in the database: ``assert_verified()``."""
    from makegood.kit.invariants import find_differences

    def check() -> None:
        differences = find_differences()
        assert not differences, "\n".join(str(difference) for difference in differences)

    return check
