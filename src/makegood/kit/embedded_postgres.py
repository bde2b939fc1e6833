"""A PostgreSQL server that starts by itself and belongs to one data folder.

All commands on one data folder share one server: who comes first starts it, who leaves last stops it. It listens on a
Unix socket only, in folders that nobody else can enter, and knows people by their system user (peer).
"""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg

from makegood.kit.database_url import local_url
from makegood.kit.postgres_cluster import Cluster, ServerFailed
from makegood.kit.refusal import Refused
from makegood.kit.server_account import ServerAccount, find_server_account

DATABASE = "makegood"
# The files that are locked by who starts or stops the server, and by all who use it.
START, IN_USE = "start.lock", "in-use.lock"
# A server that was killed replays its log before it answers; that takes as long as it takes.
PATIENCE_SECONDS = 3600
# The old server's last processes may still be going away when the new one wants to start.
LEFTOVER_SECONDS = 60

__all__ = ["DATABASE", "EmbeddedPostgres", "ServerFailed"]


class EmbeddedPostgres:
    """This process's share in the server of a data folder; a context manager.

    `settings` are added to the server's configuration when this process is the one that starts it.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.expanduser().resolve()
        self._base = self.folder / "postgres"
        self._settings = dict(settings or {})
        self._cluster: Cluster | None = None
        self._in_use: IO[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def url(self, database: str = DATABASE) -> str:
        """The address of a database of the running server."""
        if self._cluster is None:
            raise RuntimeError("The embedded server has not been started.")
        return local_url(self._cluster.socket_folder, database, DATABASE)

    def start(self) -> None:
        """Takes a share in the server, starting it if nobody has. Refused if the folder cannot be used."""
        account = find_server_account()
        _prepare_folders(account, self.folder, self._base)
        with self._start_lock():
            self._in_use = (self._base / IN_USE).open("a")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            try:
                self._cluster = Cluster(account, self._base, self._settings)
                self._bring_up(self._cluster)
                self._ensure_database()
            except BaseException:
                self._give_up_share()
                raise

    def ensure_running(self) -> None:
        """Starts the server again if it has died since `start`."""
        if self._cluster is None or self._cluster.is_ready():
            return
        with self._start_lock():
            self._bring_up(self._cluster)

    def release(self) -> None:
        """Gives this process's share back; the last one stops the server. Harmless when called twice."""
        if self._in_use is None:
            return
        with self._start_lock():
            self._give_up_share()

    def _give_up_share(self) -> None:
        """Needs the start lock, so that nobody can come while the last one leaves."""
        if self._in_use is None:
            return
        try:
            fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if self._cluster is not None:
                self._cluster.stop()
        self._in_use.close()
        self._in_use = None

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self._base / START).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _bring_up(self, cluster: Cluster) -> None:
        cluster.create_if_missing()
        began = time.monotonic()
        while not cluster.is_ready():
            waited = time.monotonic() - began
            if waited > PATIENCE_SECONDS:
                raise ServerFailed(f"The database server did not become ready. Its log is {cluster.log}.")
            if not cluster.is_alive():
                cluster.launch(PATIENCE_SECONDS, tolerate_leftovers=waited < LEFTOVER_SECONDS)
            if not cluster.is_ready():
                time.sleep(0.1)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _prepare_folders(account: ServerAccount, folder: Path, base: Path) -> None:
    """Makes the folders, open to nobody but this process's user and the server's. Touches nothing above `folder`."""
    try:
        _refuse_closed_parent(account, folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _folder_lock(folder):
            _prepare_base(account, folder, base)
    except OSError as error:
        message = f"The data folder {folder} cannot be used ({error.strerror}: {error.filename}). {_advice(folder)}"
        raise Refused("data_folder_unusable", message) from None


def _prepare_base(account: ServerAccount, folder: Path, base: Path) -> None:
    if not base.is_dir():
        base.mkdir()
        account.own(base)
        base.chmod(0o700)
    owner = base.stat().st_uid
    if owner != account.uid:
        message = f"The database in {base} belongs to another system user (id {owner}); run the command as that user."
        raise Refused("data_folder_of_another", message)
    if not account.can_enter(base):
        os.chown(folder, -1, account.gid)
        folder.chmod(folder.stat().st_mode | 0o010)
    for name in (START, IN_USE):
        (base / name).open("a").close()


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    """Commands that come to a new folder at the same moment take turns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refuse_closed_parent(account: ServerAccount, folder: Path) -> None:
    above = [parent for parent in reversed(folder.parents) if parent.exists()]
    if account.can_enter(above[-1]):
        return
    closed = next(parent for parent in above if not account.can_enter(parent))
    message = (
        f"The data folder {folder} cannot be used: the database server runs as the system user {account.name},"
        f" which cannot enter {closed}. {_advice(folder)}"
    )
    raise Refused("data_folder_closed", message)


def _advice(folder: Path) -> str:
    usual = Path("/var/lib/makegood") if os.geteuid() == 0 else Path.home() / ".local" / "share" / "makegood"
    other = usual if usual != folder else Path("/srv/makegood")
    return f"Name another folder in MAKEGOOD_DATA, such as {other}."
