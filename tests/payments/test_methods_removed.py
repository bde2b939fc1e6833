"""Removing payment methods: what stands against it, and that it stays on record."""

import pytest

from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.gateways.models import SandboxMethod
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.selectors_methods import find_default_method, list_methods
from makegood.payments.services.methods import add_method_by_reference, make_default, remove_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import autopay, movements, records, sandbox
from tests.support.answers import Verified


@pytest.fixture
def agent(north: Provider) -> Membership:
    sandbox.connect(north)
    return records.add_person(north, "agent")


@pytest.fixture
def card(agent: Membership, customer: Customer) -> PaymentMethod:
    return add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")


def why_not(membership: Membership, method: PaymentMethod) -> str:
    with pytest.raises(Refused) as error:
        remove_method(membership=membership, method=method)
    method.refresh_from_db()
    assert (method.removed_at, method.detached_at) == (None, None)
    return error.value.code


def test_a_removed_one_is_detached_and_stays_on_record(
    agent: Membership, customer: Customer, card: PaymentMethod, assert_verified: Verified
) -> None:
    assert remove_method(membership=agent, method=card)
    [kept] = list_methods(customer)
    assert (kept.pk, kept.is_default, kept.removed_by_id) == (card.pk, False, agent.staff_id)
    assert kept.removed_at is not None
    assert kept.detached_at is not None
    assert SandboxMethod.objects.get(reference=card.reference).detached_at is not None
    assert find_default_method(customer) is None
    assert remove_method(membership=agent, method=card), "twice is the same"
    assert_verified()


def test_the_default_stays_while_there_are_others(agent: Membership, customer: Customer, card: PaymentMethod) -> None:
    other = add_method_by_reference(membership=agent, customer=customer, reference="ach_succeeds")
    assert why_not(agent, card) == "method_is_default"
    assert remove_method(membership=agent, method=other)
    assert remove_method(membership=agent, method=card)


def test_the_only_one_stays_while_autopay_is_on(agent: Membership, customer: Customer, card: PaymentMethod) -> None:
    edit_customer(customer=customer, staff_id=None, autopay=True)
    assert why_not(agent, card) == "autopay_on"
    second = add_method_by_reference(membership=agent, customer=customer, reference="ach_succeeds")
    make_default(membership=agent, method=second)
    assert remove_method(membership=agent, method=card)
    edit_customer(customer=customer, staff_id=None, autopay=False)
    assert remove_method(membership=agent, method=second)


def charge(north: Provider, customer: Customer) -> Payment:
    """A payment that autopay has made and nobody has submitted yet; then autopay is off."""
    edit_customer(customer=customer, staff_id=None, autopay=True)
    movements.owe(customer, 1000, due_on=today_of(north))
    autopay.charge_on(north, today_of(north))
    edit_customer(customer=customer, staff_id=None, autopay=False)
    [payment] = autopay.payments_of(customer)
    return payment


@pytest.mark.parametrize("state", ["created", "submitted", "unknown"])
def test_it_stays_while_a_payment_by_it_is_under_way(
    north: Provider, agent: Membership, customer: Customer, card: PaymentMethod, state: str, assert_verified: Verified
) -> None:
    payment = charge(north, customer)
    for step in {"created": (), "submitted": ("submitted",), "unknown": ("submitted", "unknown")}[state]:
        Payment.objects.filter(pk=payment.pk).update(state=step, submitted_at=payment.created_at)
    assert why_not(agent, card) == "payment_under_way"
    autopay.fail([payment], today_of(north))
    assert remove_method(membership=agent, method=card)
    assert_verified()


def test_a_failed_payment_does_not_hold_it(
    north: Provider, agent: Membership, customer: Customer, card: PaymentMethod
) -> None:
    autopay.fail([charge(north, customer)], today_of(north))
    assert remove_method(membership=agent, method=card)


def test_what_another_one_has_under_way_does_not_hold_it(
    north: Provider, agent: Membership, customer: Customer, card: PaymentMethod
) -> None:
    charge(north, customer)
    other = add_method_by_reference(membership=agent, customer=customer, reference="ach_succeeds", as_default=True)
    assert why_not(agent, card) == "payment_under_way"
    third = add_method_by_reference(membership=agent, customer=customer, reference="sepa_succeeds", as_default=True)
    assert remove_method(membership=agent, method=other)
    assert find_default_method(customer) == third
