"""When autopay tries again what has failed, and when it gives up."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction

from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.ledger.locks import hold_books
from makegood.payments.models import CollectionSettings, PaymentMethod
from makegood.payments.services.charge_by_hand import charge_invoices
from makegood.payments.services.retry import Failure, note_failures, revive_collections
from makegood.providers.models import Provider
from tests.support.autopay import add_card, add_gateway, charge_on, collection_of, fail, payments_of
from tests.support.billing import FIRST, add_billed_customer, add_billing_provider, invoice_of, issue_invoices, on_day
from tests.support.records import add_person

Verified = Callable[[], None]
COLLECTED = date(2026, 1, 6)


def after(days: int) -> date:
    return COLLECTED + timedelta(days=days)


@pytest.fixture
def north(db: None) -> Provider:
    provider = add_billing_provider()
    add_gateway(provider)
    return provider


@pytest.fixture
def customer(north: Provider) -> Customer:
    customer = add_billed_customer(north, autopay=True)
    add_card(customer)
    return customer


@pytest.fixture
def invoice(north: Provider, customer: Customer) -> Invoice:
    issue_invoices(north, FIRST)
    return invoice_of(north)


def test_it_is_tried_again_after_each_of_the_days_and_then_given_up(
    north: Provider, customer: Customer, invoice: Invoice, assert_verified: Verified
) -> None:
    expected = [
        (0, (1, after(3), None)),
        (3, (2, after(8), None)),
        (8, (3, after(15), None)),
        (15, (4, None, after(15))),
    ]
    for days, standing in expected:
        if days:
            assert charge_on(north, after(days - 1)).customers == 0
        assert charge_on(north, after(days)).customers == 1
        fail(payments_of(customer)[-1:], after(days))
        assert collection_of(invoice) == standing
    assert charge_on(north, after(60)).customers == 0
    assert [payment.state for payment in payments_of(customer)] == ["failed"] * 4
    assert_verified()


def test_a_final_decline_is_given_up_at_once(north: Provider, customer: Customer, invoice: Invoice) -> None:
    charge_on(north, COLLECTED)
    fail(payments_of(customer), COLLECTED, "stolen_card")
    assert collection_of(invoice) == (1, None, COLLECTED)
    assert charge_on(north, after(30)).customers == 0


def test_without_days_nothing_is_tried_again(north: Provider, customer: Customer, invoice: Invoice) -> None:
    CollectionSettings.objects.create(provider=north, retry_days=[])
    charge_on(north, COLLECTED)
    fail(payments_of(customer), COLLECTED)
    assert collection_of(invoice) == (1, None, COLLECTED)


def test_a_failure_that_is_noted_twice_counts_once(north: Provider, customer: Customer, invoice: Invoice) -> None:
    charge_on(north, COLLECTED)
    (payment,) = payments_of(customer)
    fail([payment], COLLECTED)
    with on_day(after(1)), transaction.atomic():
        assert note_failures(north, [Failure(payment.pk, "card_declined")], hold_books(north)) == []
    assert collection_of(invoice) == (1, after(3), None)


def test_what_a_person_had_charged_is_left_to_people(north: Provider, customer: Customer, invoice: Invoice) -> None:
    charge_on(north, COLLECTED)
    fail(payments_of(customer), COLLECTED)
    with on_day(after(1)):
        charged = charge_invoices(membership=add_person(north), customer=customer, key="k")
    fail([charged], after(1), "stolen_card")
    assert collection_of(invoice) == (1, after(3), None)


def test_what_is_collected_by_hand_is_neither_tried_again_nor_given_up(
    north: Provider, customer: Customer, invoice: Invoice
) -> None:
    charge_on(north, COLLECTED)
    Invoice.objects.update(by_hand=True)
    fail(payments_of(customer), COLLECTED)
    assert collection_of(invoice) == (1, None, None)


@pytest.mark.parametrize("code", ["stolen_card", "card_declined"], ids=["given up", "waits for its next try"])
def test_a_new_method_is_charged_on_the_next_day(
    code: str, north: Provider, customer: Customer, invoice: Invoice
) -> None:
    charge_on(north, COLLECTED)
    fail(payments_of(customer), COLLECTED, code)
    with on_day(after(1)), transaction.atomic():
        assert revive_collections(customer) == 1
    assert collection_of(invoice) == (0, after(1), None)
    assert charge_on(north, after(1)).customers == 1


def test_a_new_method_changes_nothing_of_what_is_in_flight(
    north: Provider, customer: Customer, invoice: Invoice
) -> None:
    charge_on(north, COLLECTED)
    with on_day(after(1)), transaction.atomic():
        assert revive_collections(customer) == 0
    assert collection_of(invoice) == (0, None, None)


@pytest.mark.parametrize("code", ["card_declined", "account_closed"])
def test_when_the_method_was_replaced_meanwhile_the_new_one_is_tried_at_once_as_if_new(
    code: str, north: Provider, customer: Customer, invoice: Invoice
) -> None:
    charge_on(north, COLLECTED)
    PaymentMethod.objects.filter(customer=customer).update(is_default=False)
    add_card(customer)
    fail(payments_of(customer), after(2), code)
    assert collection_of(invoice) == (0, after(2), None)
    assert charge_on(north, after(2)).customers == 1


@pytest.mark.parametrize("code", ["amount_too_small", "amount_too_large", "amount_not_chargeable"])
def test_an_amount_that_no_processor_takes_is_not_tried_again(
    code: str, north: Provider, customer: Customer, invoice: Invoice
) -> None:
    charge_on(north, COLLECTED)
    fail(payments_of(customer), COLLECTED, code)
    assert collection_of(invoice) == (1, None, COLLECTED)
