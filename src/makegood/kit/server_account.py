"""The system user that the embedded database server runs as.

PostgreSQL refuses to run as root. An ordinary person's server runs as that person; root's runs as a user of its own.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from makegood.kit.refusal import Refused

SERVER_USER = "makegood-postgres"


@dataclass(frozen=True)
class ServerAccount:
    """A system user. `is_other` says that it is not the user of this process, which then is root."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def run(self, arguments: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
        """Runs a program as this user in `folder`, away from the terminal; raises OSError if it cannot be run."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
        command = [str(argument) for argument in arguments]
        if not self.is_other:
            return subprocess.run(
                command, cwd=folder, env=environment, umask=0o077, start_new_session=True,
                capture_output=True, text=True, errors="replace", check=False,
            )  # fmt: skip
        return subprocess.run(
            command, cwd=folder, env=environment, umask=0o077, start_new_session=True,
            capture_output=True, text=True, errors="replace", check=False,
            user=self.uid, group=self.gid, extra_groups=[],
        )  # fmt: skip

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through an existing folder and all that lead to it."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        return self.run(["test", "-x", folder], Path("/")).returncode == 0

    def own(self, path: Path) -> None:
        """Hands a file or folder to this user."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def find_server_account() -> ServerAccount:
    """The user for the embedded server; makes it when root needs it and it is missing. Refused if there is none."""
    uid = os.geteuid()
    if uid != 0:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            message = f"The database server needs a system user with a name; the user id {uid} has none."
            raise Refused("user_without_name", message) from None
        return ServerAccount(entry.pw_name, entry.pw_uid, entry.pw_gid, is_other=False)
    entry = _find_user() or _add_user()
    return ServerAccount(entry.pw_name, entry.pw_uid, entry.pw_gid, is_other=True)


def _find_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        return None


def _add_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", SERVER_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        reason = done.stderr.strip()
    except OSError as error:
        reason = str(error)
    # Another command may have made the user at the same moment; then ours failed and all is well.
    entry = _find_user()
    if entry is None:
        message = (
            f"The database server cannot run as root, and its own system user {SERVER_USER} could not be made"
            f" ({reason}). Make it with `{' '.join(command)}`, or run the command as an ordinary user."
        )
        raise Refused("server_user_missing", message)
    return entry
