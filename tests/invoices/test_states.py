"""The state chart of an invoice: one in the program, the same in the database."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.invoices.rules import OWED, TRANSITIONS, State
from makegood.kit.database_errors import constraint_of
from tests.support.records import add_customer, add_provider

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

DAY = date(2026, 1, 1)
ISSUED = {"issued_on": DAY, "due_on": DAY, "collect_on": DAY}
CAN_STAND: dict[State, dict[str, Any]] = {
    State.DRAFT: {},
    State.OPEN: {"number": 1, **ISSUED},
    State.LATE: {"number": 1, **ISSUED},
    State.PAID: {"number": 1, **ISSUED, "paid_minor": 2000, "settled_on": DAY},
    State.VOID: {"number": 1, **ISSUED, "voided_minor": 2000, "settled_on": DAY},
    State.UNCOLLECTIBLE: {"number": 1, **ISSUED, "written_off_minor": 2000, "settled_on": DAY},
}
"""How an invoice of 20.00 looks in each state."""


def test_every_state_has_its_place() -> None:
    assert set(TRANSITIONS) == set(State) == set(CAN_STAND)
    assert {state for state in State if not TRANSITIONS[state]} == {State.VOID, State.UNCOLLECTIBLE}
    assert set(OWED) == {State.OPEN, State.LATE}


def test_the_database_allows_the_same_transitions_and_no_others() -> None:
    customer = add_customer(add_provider())
    allowed = {(before, after) for before, after in permutations(State, 2) if can_go(customer, before, after)}
    assert allowed == {(before, after) for before, afters in TRANSITIONS.items() for after in afters}


def can_go(customer: Customer, before: State, after: State) -> bool:
    """Whether the database lets an invoice get from the one state to the other, with all that belongs to it."""
    with transaction.atomic():
        made = Invoice.objects.create(
            provider_id=customer.provider_id,
            customer=customer,
            net_minor=2000,
            tax_minor=0,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            period_from=DAY,
            period_to=DAY,
            kind="single",
            state=before,
            **CAN_STAND[before],
        )
        nothing: dict[str, Any] = {"paid_minor": 0, "voided_minor": 0, "written_off_minor": 0, "settled_on": None}
        change = {**nothing, **CAN_STAND[after], "state": after}
        try:
            with transaction.atomic():
                Invoice.objects.filter(pk=made.pk).update(**change)
            refused_by = None
        except DatabaseError as error:
            refused_by = constraint_of(error)
        transaction.set_rollback(True)
    assert refused_by in (None, "invoice_transition_known")
    return refused_by is None
