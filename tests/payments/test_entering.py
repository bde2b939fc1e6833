"""Entering a card in the processor's own form, and forged ends of it."""

from datetime import timedelta

import pytest
from django.core import signing

from makegood.customers.models import Customer
from makegood.gateways.models import Gateway
from makegood.gateways.sandbox.client import SandboxClient
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_methods import find_default_method
from makegood.payments.services.entering import SALT, finish_entering, start_entering
from makegood.providers.models import Membership, Provider
from tests.support import records, sandbox
from tests.support.answers import Verified


@pytest.fixture
def gateway(north: Provider) -> Gateway:
    return sandbox.connect(north)


@pytest.fixture
def agent(north: Provider, gateway: Gateway) -> Membership:
    return records.add_person(north, "agent")


def enter(membership: Membership, customer: Customer, gateway: Gateway, outcome: str = "card_succeeds") -> str:
    """The proof of a card that was entered."""
    entering = start_entering(membership=membership, customer=customer)
    SandboxClient(gateway).enter_method(entering.client_secret, outcome)
    return entering.proof


def code_of(membership: Membership, customer: Customer, proof: str) -> str:
    with pytest.raises(Refused) as refused:
        finish_entering(membership=membership, customer=customer, proof=proof)
    assert not PaymentMethod.objects.filter(customer=customer).exists()
    return refused.value.code


def given_out_before(proof: str, age: timedelta) -> str:
    """The proof as it would be if it had been signed so long ago."""

    class Signer(signing.TimestampSigner):
        def timestamp(self) -> str:
            return signing.b62_encode(int((now() - age).timestamp()))

    return Signer(salt=SALT).sign_object(signing.loads(proof, salt=SALT))


def test_what_was_entered_is_added_and_is_the_default(
    agent: Membership, customer: Customer, gateway: Gateway, assert_verified: Verified
) -> None:
    added = finish_entering(membership=agent, customer=customer, proof=enter(agent, customer, gateway))
    assert (added.brand, added.last_four, added.is_default) == ("Visa", "4242", True)
    proof = enter(agent, customer, gateway, "card_refund_bounces")
    second = finish_entering(membership=agent, customer=customer, proof=proof, as_default=True)
    assert find_default_method(customer) == second
    assert_verified()


def test_what_was_not_entered_is_not_added(agent: Membership, customer: Customer) -> None:
    begun = start_entering(membership=agent, customer=customer)
    assert code_of(agent, customer, begun.proof) == "processor_refused"


def test_what_was_entered_for_another_customer_is_refused(
    north: Provider, agent: Membership, customer: Customer, gateway: Gateway
) -> None:
    anns = enter(agent, records.add_customer(north, "A1"), gateway)
    assert code_of(agent, customer, anns) == "entering_forged"


def test_what_was_entered_at_another_provider_is_refused(
    agent: Membership, customer: Customer, gateway: Gateway
) -> None:
    south = records.add_provider("south")
    theirs = sandbox.connect(south)
    somebody = records.add_person(south, "agent")
    proof = enter(somebody, records.add_customer(south, "C1"), theirs)
    assert code_of(agent, customer, proof) == "entering_forged"


def test_a_form_that_was_opened_the_day_before_is_refused(
    agent: Membership, customer: Customer, gateway: Gateway, assert_verified: Verified
) -> None:
    proof = enter(agent, customer, gateway)
    assert code_of(agent, customer, given_out_before(proof, timedelta(days=1, minutes=1))) == "entering_old"
    added = finish_entering(membership=agent, customer=customer, proof=given_out_before(proof, timedelta(hours=23)))
    assert added.last_four == "4242"
    assert_verified()


def test_who_may_not_change_payment_methods_begins_nothing(
    north: Provider, customer: Customer, gateway: Gateway
) -> None:
    viewer = records.add_person(north, "viewer")
    with pytest.raises(Refused, match="may not change payment methods"):
        start_entering(membership=viewer, customer=customer)
    assert code_of(viewer, customer, "anything") == "not_allowed"
