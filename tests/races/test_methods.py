"""Payment methods changed at the same moment."""

import pytest

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway, GatewayCustomer, SandboxMethod
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod
from makegood.payments.services.methods import add_method_by_reference, make_default, remove_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership
from tests.support import autopay, movements, records, sandbox
from tests.support.answers import Verified
from tests.support.together import at_once

pytestmark = pytest.mark.sql

TRIES = 4


@pytest.fixture
def gateway(manager: Membership) -> Gateway:
    return sandbox.connect(manager.provider)


def test_the_same_reference_added_twice_at_once_is_one(
    manager: Membership, gateway: Gateway, assert_verified: Verified
) -> None:
    for number in range(TRIES):
        customer = records.add_customer(manager.provider, f"T{number}")

        def add(customer: Customer = customer) -> PaymentMethod:
            return add_method_by_reference(membership=manager, customer=customer, reference="card_succeeds")

        made = at_once(add, add, add)
        assert {each.pk for each in made if isinstance(each, PaymentMethod)} == {
            PaymentMethod.objects.get(customer=customer).pk
        }, made
        assert GatewayCustomer.objects.filter(customer=customer).count() == 1
        assert PaymentMethod.objects.get(customer=customer).is_default
    assert SandboxMethod.objects.count() == TRIES
    assert_verified()


def test_two_first_ones_at_once_leave_one_default(manager: Membership, gateway: Gateway) -> None:
    for number in range(TRIES):
        customer = records.add_customer(manager.provider, f"T{number}")

        def add(reference: str, customer: Customer = customer) -> PaymentMethod:
            return add_method_by_reference(membership=manager, customer=customer, reference=reference)

        made = at_once(lambda: add("card_succeeds"), lambda: add("ach_succeeds"))
        assert all(isinstance(each, PaymentMethod) for each in made), made
        assert PaymentMethod.objects.filter(customer=customer, is_default=True).count() == 1


def test_one_that_is_being_charged_is_not_removed_at_the_same_moment(
    manager: Membership, gateway: Gateway, assert_verified: Verified
) -> None:
    """Either the charge is made and the removal refused, or it is removed and nothing charges it."""
    provider = manager.provider
    today = today_of(provider)
    for number in range(TRIES):
        customer = records.add_customer(provider, f"T{number}", autopay=True)
        card = sandbox.add_method(customer)
        other = sandbox.add_method(customer, "ach_succeeds", default=False)
        movements.owe(customer, 1000, due_on=today)

        def swap(card: PaymentMethod = card, other: PaymentMethod = other) -> bool:
            make_default(membership=manager, method=other)
            return remove_method(membership=manager, method=card)

        said = at_once(lambda: autopay.charge_on(provider, today), swap)[1]
        [payment] = autopay.payments_of(customer)
        card.refresh_from_db()
        if payment.payment_method_id == card.pk:
            assert isinstance(said, Refused)
            assert card.removed_at is None
        else:
            assert said is True
            assert (payment.payment_method_id, card.removed_at is not None) == (other.pk, True)
    assert_verified()
