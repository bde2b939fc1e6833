"""Who works a provider's days: one process at a time. The database lets go of who is not there any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection

from makegood.kit.sql import run_sql


class DaysLost(Exception):
    """The connection that held the provider's days is gone; somebody else may be at work on them."""


@dataclass(frozen=True)
class Hold:
    """The right to work a provider's days, as long as the connection lives that got it."""

    provider_id: int
    backend: int

    def require(self) -> None:
        """Raises DaysLost if the connection has been replaced since."""
        if _backend() != self.backend:
            raise DaysLost


@contextmanager
def hold_days(provider_id: int) -> Iterator[Hold | None]:
    """Inside the block nobody else works the provider's days; None if somebody does already. Does not wait.

    Held by the connection, over many transactions, and by a process that has it already once more.
    """
    name = {"name": f"days of provider {provider_id}"}
    taken = run_sql("SELECT pg_try_advisory_lock(hashtextextended(%(name)s, 0)) AS taken", name)[0]["taken"]
    if not taken:
        yield None
        return
    backend = _backend()
    try:
        yield Hold(provider_id, backend)
    finally:
        try:
            if _backend() == backend:
                run_sql("SELECT pg_advisory_unlock(hashtextextended(%(name)s, 0))", name)
        except (DatabaseError, InterfaceError):
            # A connection on which nothing can be said any more must not go on holding.
            if not connection.in_atomic_block:
                connection.close()


def _backend() -> int:
    return int(run_sql("SELECT pg_backend_pid() AS backend")[0]["backend"])
