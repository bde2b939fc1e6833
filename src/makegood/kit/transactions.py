"""Whether a service opens the transaction or demands one, said in its first line."""

from contextlib import AbstractContextManager

from django.db import connection, transaction


def opens_transaction() -> AbstractContextManager[None]:
    """Opens the outermost transaction; on leaving the block everything is committed, or nothing."""
    return transaction.atomic(durable=True)


def demand_transaction() -> None:
    """Raises if the caller has not opened a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("This service writes as part of a larger change and needs an open transaction.")
