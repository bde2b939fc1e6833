"""Whether a service opens the transaction or demands one, said in its first line."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction


def opens_transaction() -> AbstractContextManager[None]:
    """Opens the outermost transaction; on leaving the block everything is committed, or nothing."""
    return transaction.atomic(durable=True)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Inside the block everything is read as it was at one moment, whatever is booked meanwhile; nothing is written.

    In a transaction that is open already, its own rules hold.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def demand_transaction() -> None:
    """Raises if the caller has not opened a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("This service writes as part of a larger change and needs an open transaction.")
