"""`makegood verify` finds what has been tampered with in invoices. Each test breaks one thing, as its owner could."""

from datetime import date

import pytest

from makegood.kit.invariants import find_differences
from makegood.kit.sql import run_sql
from makegood.orders.services.order_status import terminate_order
from tests.invoices.tampering import TAMPERING_WITH_INVOICES
from tests.support.billing import (
    FIRST,
    add_billed_customer,
    add_billing_provider,
    add_taxed_service,
    issue_invoices,
    on_day,
    order_of,
)
from tests.support.charges import adjust, charge
from tests.support.ownership import as_owner
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

WITHOUT_GUARDS = "SET LOCAL session_replication_role = replica"
"""No trigger and no foreign key is looked at."""


@pytest.fixture
def billed() -> None:
    """Two customers with tax, a charge, two months and an order that has ended."""
    provider = add_billing_provider()
    add_taxed_service(provider)
    add_billed_customer(provider, service="Fiber")
    add_billed_customer(provider, "C2", service="Fiber", orders=2)
    clerk = add_person(provider)
    with on_day(FIRST):
        charge(clerk, amount_minor=7500)
        adjust(clerk, order_of(provider), amount_minor=500)
    add_billed_customer(provider, "C3", orders=0)
    issue_invoices(provider, FIRST)
    with on_day(date(2026, 1, 20)):
        terminate_order(order=order_of(provider, "C2-2"), to_date=date(2026, 1, 20), staff_id=None)
    issue_invoices(provider, date(2026, 2, 1))


@pytest.mark.parametrize("what", TAMPERING_WITH_INVOICES)
def test_tampering_is_found(billed: None, what: str) -> None:
    assert not find_differences()
    statement, expected = TAMPERING_WITH_INVOICES[what]
    with as_owner():
        run_sql(WITHOUT_GUARDS)
        run_sql(statement)
        run_sql("SET LOCAL session_replication_role = origin")

    found = {difference.invariant for difference in find_differences()}

    assert set(expected) <= found, found
