"""Named SQL statements, kept beside the domain that owns them in ``sql/<name>.sql``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import connection

Row = dict[str, Any]


@cache
def load_sql(package: str, name: str) -> str:
    """The text of ``sql/<name>.sql`` in the domain folder of `package`, such as ``makegood.credits``."""
    domain = ".".join(package.split(".")[:2])
    return files(domain).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def compose_sql(sql: str, **parts: str) -> str:
    """The statement with other statements in place of their ``{names}``.

    Comments are left out: a line break in a value of a part would end one, and the rest of the part would be run.
    """
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    return "\n".join(lines).format(**parts)


def run_sql(sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    """Runs one statement with ``%(name)s`` parameters; returns its rows, or an empty list if it has none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        if cursor.description is None:
            return []
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def count_changed(sql: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Runs one writing statement; returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@contextmanager
def without_nested_loops(wanted: bool) -> Iterator[None]:
    """Inside the block, the planner joins whole tables instead of looking rows up one by one. Demands a transaction.

    For statements over many rows that were written a moment ago, of which the planner knows nothing yet.
    wanted: whether there are so many; otherwise nothing changes.
    """
    if wanted:
        run_sql("SET LOCAL enable_nestloop = off")
    yield
    if wanted:
        run_sql("SET LOCAL enable_nestloop = on")


def forget_plans() -> None:
    """Has this session plan its statements anew, those of checks and keys in the database among them.

    For who writes much in one session: such plans are kept, and one that was made while a table was small reads all of
    it for each row that is written later.
    """
    run_sql("DISCARD PLANS")
