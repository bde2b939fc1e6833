"""Databases for tests: one server for all test processes, one migrated template, cheap copies of it.

Without DATABASE_URL the server is an embedded one in a folder of its own under /tmp, which is removed at the end.
With it, the template stays on that server and is used again while the source is the same.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import makegood
from makegood.config.environment import APPLICATION_ROLE
from makegood.kit.database_url import django_database
from makegood.kit.embedded_postgres import EmbeddedPostgres

FOLDER_VARIABLE = "MAKEGOOD_TEST_FOLDER"
FOLDER_PREFIX = "makegood-tests-"
# Nothing of a test has to survive a power cut.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "autovacuum_naptime": "10min",
}


class DatabaseServer:
    """The server that holds the template and its copies."""

    def __init__(self, maintenance_url: str) -> None:
        self._maintenance_url = maintenance_url
        self._made = 0

    def url(self, database: str) -> str:
        """The address of one database, as DATABASE_URL takes it."""
        parts = conninfo_to_dict(make_conninfo(self._maintenance_url, dbname=database))
        query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items() if name != "dbname")
        return f"postgresql:///{database}?{query}"

    def clone(self) -> str:
        """Makes a fresh copy of the template; returns its name."""
        template = self._prepare_template()
        self._made += 1
        name = f"makegood_test_{os.getpid()}_{self._made}"
        with self._connect() as connection:
            self._drop(connection, name)
            statement = "CREATE DATABASE {} TEMPLATE {}"
            connection.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        """Removes a database and whoever is still connected to it."""
        with self._connect() as connection:
            self._drop(connection, database)

    def _prepare_template(self) -> str:
        """Makes the template unless it is there; other test processes wait meanwhile."""
        name = f"makegood_template_{_hash_source()}"
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('makegood test template'))")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                draft = f"{name}_draft"
                self._drop(connection, draft)
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
                use_database(self.url(draft), role=None)
                call_command("migrate", interactive=False, verbosity=0)
                connections.close_all()
                statement = "ALTER DATABASE {} RENAME TO {}"
                connection.execute(sql.SQL(statement).format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._maintenance_url, autocommit=True)

    def _drop(self, connection: psycopg.Connection, database: str) -> None:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def use_database(url: str, role: str | None = APPLICATION_ROLE) -> None:
    """Points Django's default connection, of all threads, to another database."""
    connections.close_all()
    settings = connections.settings["default"]
    settings.update({"NAME": "", "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""})
    settings.update(django_database(url, role))


@contextlib.contextmanager
def share_server(given_url: str | None) -> Iterator[DatabaseServer]:
    """The server that all test processes of this run share: the one given, else an embedded one."""
    if given_url:
        yield DatabaseServer(given_url)
        return
    with EmbeddedPostgres(Path(os.environ[FOLDER_VARIABLE]), SETTINGS) as server:
        yield DatabaseServer(server.url("postgres"))


def make_folder() -> Path:
    """The folder of this run's embedded server. Removes those of runs that were killed."""
    for old in Path("/tmp").glob(f"{FOLDER_PREFIX}*"):
        owner = old.name.removeprefix(FOLDER_PREFIX).partition("-")[0]
        if not (Path("/proc") / owner).exists():
            remove_folder(old)
    return Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir="/tmp"))


def remove_folder(folder: Path) -> None:
    """Stops the server in the folder, if somebody was killed before he could, and removes it all."""
    lock_file = folder / "postgres" / "cluster" / "postmaster.pid"
    with contextlib.suppress(OSError):
        if lock_file.exists():
            EmbeddedPostgres(folder, SETTINGS).__enter__().release()
        if not lock_file.exists():
            shutil.rmtree(folder, ignore_errors=True)


@cache
def _hash_source() -> str:
    source = Path(makegood.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*source.rglob("*.py"), *source.rglob("*.sql")]):
        digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]
