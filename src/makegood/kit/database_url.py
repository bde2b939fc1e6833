"""Reads and writes the address of a PostgreSQL database, as in ``DATABASE_URL``."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from makegood.kit.refusal import Refused

CONNECT_SECONDS = 10
_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def local_url(socket_folder: Path, database: str, user: str) -> str:
    """The address of a database behind a Unix socket."""
    return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(socket_folder), safe='')}"


KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
IDLE_SECONDS = 120
"""A transaction in which nothing has been asked for so long belongs to a program that is not there any more."""
# Compiling a statement that writes the invoices of a few customers takes seconds, running it takes milliseconds.
WORKING = f"-c idle_in_transaction_session_timeout={IDLE_SECONDS}s -c jit=off"


def django_database(url: str, role: str | None = None) -> dict[str, Any]:
    """Django's settings for the database at `url`; connections work as `role` when one is given.

    Accepts what PostgreSQL's own programs accept: ``postgresql://user:password@host:port/name?sslmode=require``,
    or ``host=... dbname=...``. Raises Refused if it is neither.
    """
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        message = f"DATABASE_URL is not the address of a PostgreSQL database ({str(error).strip()})."
        raise Refused("database_url_invalid", message) from None
    if not parts.get("dbname"):
        raise Refused("database_url_invalid", "DATABASE_URL names no database, such as /makegood at its end.")
    database: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    for name, value in parts.items():
        if name in _NAMES:
            database[_NAMES[name]] = str(value)
        else:
            database["OPTIONS"][name] = value
    database["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)
    # A machine that vanishes must not hold its customers for hours.
    for name, value in KEEPALIVES.items():
        database["OPTIONS"].setdefault(name, value)
    if role is not None:
        options = str(database["OPTIONS"].get("options") or "")
        database["OPTIONS"]["options"] = f"{WORKING} {options} -c role={role}"
    return database
