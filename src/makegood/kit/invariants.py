"""What must hold in the database at every commit, each as one set-based statement that returns what does not."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from makegood.kit.clock import now
from makegood.kit.sql import Row, load_sql, run_sql


@dataclass(frozen=True)
class Invariant:
    """A named rule. Its statement returns one row for every difference, and none when the rule holds."""

    name: str
    sentence: str
    package: str

    @property
    def sql(self) -> str:
        return load_sql(self.package, f"verify_{self.name}")


@dataclass(frozen=True)
class Difference:
    """One breach of an invariant; `row` says where."""

    invariant: str
    sentence: str
    row: Row


_registered: dict[str, Invariant] = {}


def register(package: str, **sentences: str) -> None:
    """Adds invariants of a domain: the keyword is the name (its statement is ``sql/verify_<name>.sql``)."""
    for name, sentence in sentences.items():
        _registered[name] = Invariant(name, sentence, package)


def list_invariants() -> list[Invariant]:
    """All registered invariants, in the order in which they were registered."""
    return list(_registered.values())


def find_differences(limit_per_invariant: int = 20) -> list[Difference]:
    """Checks all invariants on one snapshot, reading only; returns at most so many differences of each.

    Opens its own transaction when none is open.
    """
    found: list[Difference] = []
    in_a_transaction = connection.in_atomic_block
    with transaction.atomic():
        if not in_a_transaction:
            run_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for invariant in list_invariants():
            parameters: dict[str, Any] = {"limit": limit_per_invariant, "at": now()}
            rows = run_sql(f"SELECT * FROM ({invariant.sql}) AS difference LIMIT %(limit)s", parameters)
            found += [Difference(invariant.name, invariant.sentence, row) for row in rows]
    return found
