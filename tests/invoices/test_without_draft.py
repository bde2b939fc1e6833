"""The rehearsal of a run of everybody who is due says whom it leaves out, and why."""

from datetime import date
from typing import Any

import pytest

from makegood.invoices.models import BillingAccount
from makegood.invoices.rehearsal import get_invoice_rehearsal
from makegood.providers.models import Membership, Provider
from makegood.runs.models import Run
from makegood.runs.services.select import select_listed
from tests.support.answers import Verified
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, draft_invoices, on_day
from tests.support.records import add_person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def provider(db: None) -> Provider:
    provider = add_billing_provider()
    for number in ("C1", "C2", "C3"):
        add_billed_customer(provider, number)
    return provider


@pytest.fixture
def manager(provider: Provider) -> Membership:
    return add_person(provider, "manager")


def left_out(run: Run) -> dict[str, int]:
    with on_day(FIRST):
        return {without.code: without.customers for without in get_invoice_rehearsal(run).without_draft}


def draft_one(manager: Membership, number: str, **asked: Any) -> Run:
    customer = BillingAccount.objects.get(customer__number=number).customer
    chosen = select_listed(membership=manager, list_name="customers", record_ids=[customer.pk])
    return draft_invoices(manager.provider, FIRST, membership=manager, selection=chosen, **asked)


def test_where_everybody_has_a_draft_nobody_is_left_out(provider: Provider, assert_verified: Verified) -> None:
    assert left_out(draft_invoices(provider, FIRST)) == {}
    assert_verified()


def test_customers_with_orders_who_get_none_are_counted_by_reason(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    add_billed_customer(provider, "C4", billing_enabled=False)
    add_billed_customer(provider, "C5", billing_enabled=False, orders=0)
    draft_one(manager, "C2")
    run = draft_invoices(provider, FIRST)
    add_billed_customer(provider, "C6")

    assert left_out(run) == {"billing_disabled": 1, "draft_elsewhere": 1, "due_since": 1}
    assert_verified()


def test_who_begins_later_is_not_due(provider: Provider, assert_verified: Verified) -> None:
    run = draft_invoices(provider, FIRST)
    add_billed_customer(provider, "C7", from_date=date(2026, 1, 20))

    assert left_out(run) == {}
    assert_verified()


def test_of_a_run_for_chosen_customers_the_rows_say_it(
    provider: Provider, manager: Membership, assert_verified: Verified
) -> None:
    assert left_out(draft_one(manager, "C1")) == {}
    assert_verified()
