"""A durable embedded server of its own, and copies of a prepared database: every measurement starts the same."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from makegood.kit.embedded_postgres import EmbeddedPostgres

SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "16GB", "checkpoint_timeout": "1h", "autovacuum": "off"}
"""Durable (fsync stays on). Checkpoints and vacuum happen between measurements, not inside them."""


class BenchServer:
    """The server, and the databases on it."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._copies = 0

    def url(self, name: str) -> str:
        """The address of a database."""
        return self.server.url(name)

    def create(self, name: str) -> str:
        """Makes an empty database; returns its address."""
        self._as_owner(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    @contextmanager
    def copy_of(self, name: str) -> Iterator[str]:
        """A copy of a database for one measurement; yields its address."""
        self._copies += 1
        copy = f"{name}_{self._copies}"
        template = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._as_owner(template.format(sql.Identifier(copy), sql.Identifier(name)))
        self._as_owner(sql.SQL("CHECKPOINT"))
        try:
            yield self.url(copy)
        finally:
            self._as_owner(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))

    def _as_owner(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def bench_server() -> Iterator[BenchServer]:
    """Starts the server in a folder under /tmp, and removes it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="makegood-bench-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with EmbeddedPostgres(folder / "data", SETTINGS) as server:
            yield BenchServer(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
