"""The books' lock: whoever books holds it, and so a month is never closed under a booking."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction

from makegood.ledger.locks import hold_books
from makegood.ledger.rules import Line
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import book
from makegood.providers.models import Provider
from tests.support import records
from tests.support.layers import SOURCE

LOCKS_OF_CUSTOMERS = {"lock_customers", "lock_balances", "lock_chunk"}


def book_something(provider: Provider) -> int:
    cash, fees = (get_gl_code(provider, code).pk for code in ("1000", "4100"))
    return book(
        provider_id=provider.pk,
        booked_on=date(2026, 1, 1),
        event="test",
        cause_type="test",
        cause_id=1,
        lines=[Line(cash, debit_minor=1), Line(fees, credit_minor=1)],
    )


@contextmanager
def holding(provider: Provider) -> Iterator[None]:
    hold_books(provider)
    yield


def test_who_does_not_hold_the_books_books_nothing(committed_db: dict[str, str]) -> None:
    north, south = records.add_provider(), records.add_provider("south")
    with pytest.raises(RuntimeError, match="hold_books comes first"), transaction.atomic():
        book_something(north)
    with pytest.raises(RuntimeError, match="hold_books comes first"), transaction.atomic(), holding(south):
        book_something(north)
    with transaction.atomic(), holding(north):
        assert book_something(north)
    # What one transaction held the next one does not.
    with pytest.raises(RuntimeError, match="hold_books comes first"), transaction.atomic():
        book_something(north)


def test_the_journal_is_written_in_few_places() -> None:
    writing = re.compile(
        r"INSERT\s+INTO\s+journal_(entry|line)\b|Journal(Entry|Line)(\.objects\.(bulk_)?create)?\(", re.IGNORECASE
    )
    found = {
        str(path.relative_to(SOURCE))
        for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")]
        if "migrations" not in path.parts and writing.search(path.read_text("utf-8"))
    }
    # The models themselves, the service that asks for the lock, and the one statement that books many payments.
    assert found == {"ledger/models.py", "ledger/services.py", "payments/sql/book_successes.sql"}


def test_the_books_are_held_before_the_customers() -> None:
    """Else who waits for a closing would hold what the closing waits for."""
    wrong = [
        f"{path.relative_to(SOURCE)}: {function.name}"
        for path in SOURCE.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and locks_customers_first(function)
    ]
    assert wrong == []


def locks_customers_first(function: ast.FunctionDef) -> bool:
    """Whether the function takes both locks, and those of the customers first."""
    calls = [
        (node.lineno, ast.unparse(node.func).rpartition(".")[2])
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    ]
    taken = [name for _, name in sorted(calls) if name in {"hold_books", *LOCKS_OF_CUSTOMERS}]
    return "hold_books" in taken and taken[0] != "hold_books"
