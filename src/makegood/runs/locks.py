"""Locking the customers of a chunk, for kinds of runs whose booking does not do it in the same statement."""

from makegood.kit.sql import count_changed, load_sql
from makegood.kit.transactions import demand_transaction
from makegood.runs.kinds import Chunk


def lock_chunk(chunk: Chunk) -> None:
    """Locks the chunk's customers, ascending by customer, until the transaction ends. Demands a transaction.

    Does not wait: rows of customers whom somebody else holds get the outcome *waiting again*. Statements after this one
    see the records as they are under the lock.
    """
    demand_transaction()
    count_changed(load_sql(__package__, "lock_chunk"), chunk.parameters())
