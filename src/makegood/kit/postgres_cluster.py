"""The files and the server process of one embedded PostgreSQL. Who may start and stop it is decided elsewhere."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from makegood.kit.postgres_programs import find_programs
from makegood.kit.refusal import Refused
from makegood.kit.server_account import ServerAccount

OWNER = "makegood"
STOP_SECONDS = 300
SOCKET_NAME = ".s.PGSQL.5432"
# The system's limit for the path of a socket is 108 bytes on Linux and 104 elsewhere.
SOCKET_PATH_BYTES = 100
LOG_BYTES = 10_000_000
# Larger than any process id of the system.
NOBODYS_PID = 2**31 - 1

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


class ServerFailed(Exception):
    """The embedded server does not start; the message holds the end of its log."""


class Cluster:
    """One database cluster in `base`: ``cluster`` (its files), ``socket``, ``server.log``."""

    def __init__(self, account: ServerAccount, base: Path, settings: Mapping[str, str]) -> None:
        self._account = account
        self._base = base
        self._settings = SETTINGS | dict(settings)
        self._programs = find_programs(account, base / "programs")
        self._files = base / "cluster"
        self._socket_record = base / "socket-folder"
        self.log = base / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Where the running server listens."""
        lines = self._read_lock_file()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else self._base / "socket"

    def create_if_missing(self) -> None:
        """Makes an empty cluster if there is none. Refused if there is one of another major version."""
        if self._files.is_dir():
            version = (self._files / "PG_VERSION").read_text().strip()
            if version != str(self._programs.major_version):
                message = (
                    f"The data folder holds a database of PostgreSQL {version}; this is PostgreSQL"
                    f" {self._programs.major_version}. Dump it with the version that made it, and load it again."
                )
                raise Refused("database_version", message)
            return
        unfinished = self._base / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command: list[str | Path] = [
            self._programs.path("initdb"),
            "-D",
            unfinished,
            "-U",
            OWNER,
            "-E",
            "UTF8",
            "--locale=C",
        ]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth-local=peer"]
        command += ["--auth-host=reject", "--no-instructions"]
        command += ["--no-sync"] if self._settings["fsync"] == "off" else []
        done = self._account.run(command, self._base)
        if done.returncode != 0:
            raise ServerFailed(f"The database could not be made: {done.stderr.strip()}")
        self._write_who_may_enter(unfinished)
        unfinished.rename(self._files)

    def _write_who_may_enter(self, files: Path) -> None:
        self._write(files / "pg_hba.conf", "local all all peer map=makegood\n")
        names = dict.fromkeys(["root", self._account.name])
        self._write(files / "pg_ident.conf", "".join(f'makegood "{name}" {OWNER}\n' for name in names))
        with (files / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'makegood.conf'\n")

    def is_alive(self) -> bool:
        """Whether the server process runs, ready or not."""
        lines = self._read_lock_file()
        if not lines or not lines[0].isdigit():
            return False
        if Path("/proc/self/cmdline").exists():
            # The id may belong to another process by now; a server was told the folder of its files.
            try:
                words = (Path("/proc") / lines[0] / "cmdline").read_bytes().split(b"\0")
            except OSError:
                return False
            return os.fsencode(self._files) in words
        try:
            os.kill(int(lines[0]), 0)
        except ProcessLookupError:
            return False
        return True

    def is_ready(self) -> bool:
        """Whether the server runs and takes connections."""
        lines = self._read_lock_file()
        return len(lines) > 7 and lines[7].strip() == "ready" and self.is_alive()

    def launch(self, seconds: int, *, tolerate_leftovers: bool) -> None:
        """Starts the server and waits until it is ready. Raises ServerFailed with the end of its log.

        With `tolerate_leftovers` it only returns when processes of a killed server are still going away.
        """
        self._disarm_stale_locks()
        self._write_settings()
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        logged = self.log.stat().st_size if self.log.exists() else 0
        done = self._control("-t", str(seconds), "-l", self.log, "start")
        if done.returncode == 0:
            return
        with self.log.open(errors="replace") as file:
            file.seek(logged)
            tail = file.read()[-2000:].strip()
        if not (tolerate_leftovers and "still in use" in tail):
            raise ServerFailed(f"The database server does not start. The end of its log, {self.log}:\n{tail}")

    def stop(self) -> None:
        """Stops the server, if it runs, and waits for it."""
        if self.is_alive():
            done = self._control("-t", str(STOP_SECONDS), "-m", "fast", "stop")
            if done.returncode != 0 and self.is_alive():
                raise ServerFailed(f"The database server does not stop: {done.stderr.strip()}")
        recorded = self._recorded_socket_folder()
        if recorded is not None:
            shutil.rmtree(recorded, ignore_errors=True)
        self._socket_record.unlink(missing_ok=True)

    def _control(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        program = self._programs.path("pg_ctl")
        return self._account.run([program, "-D", self._files, "-w", *arguments], self._base)

    def _read_lock_file(self) -> list[str]:
        try:
            return (self._files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _disarm_stale_locks(self) -> None:
        """Lets a new server start where the old one was killed.

        The old process id may be in use by another process, or by the dead server that nobody has buried. It is only
        replaced, since the server reads from the same file whether processes of the old one still use its memory.
        """
        lines = self._read_lock_file()
        if lines:
            lines[0] = str(NOBODYS_PID)
            with (self._files / "postmaster.pid").open("r+") as file:
                file.write("\n".join(lines) + "\n")
                file.truncate()
        folder = self._choose_socket_folder()
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (folder / name).unlink(missing_ok=True)

    def _write_settings(self) -> None:
        settings = self._settings | {"unix_socket_directories": f'"{self._choose_socket_folder()}"'}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
        self._write(self._files / "makegood.conf", "# Written at every start of the server.\n" + "".join(lines))

    def _choose_socket_folder(self) -> Path:
        inside = self._base / "socket"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            if not inside.is_dir():
                inside.mkdir(mode=0o700)
                self._account.own(inside)
            return inside
        folder = self._recorded_socket_folder()
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="makegood-", dir="/tmp"))
            self._account.own(folder)
            self._write(self._socket_record, f"{folder}\n")
        return folder

    def _recorded_socket_folder(self) -> Path | None:
        """The folder outside, if it is still there and still ours."""
        try:
            folder = Path(self._socket_record.read_text().strip())
            found = folder.lstat()
        except OSError:
            return None
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        return folder if private and found.st_uid == self._account.uid else None

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o600)
        self._account.own(path)
