"""What a processor is asked of a payment method over HTTP, and what of its answers is not believed."""

import logging
from collections.abc import Iterator

import pytest
from django.core import signing

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.gateways.selectors import get_active_gateway
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod
from makegood.payments.services.entering import finish_entering, start_entering
from makegood.payments.services.methods import add_method_by_reference
from makegood.providers.models import Membership, Provider
from tests.support import records
from tests.support.answers import Verified
from tests.support.collecting import through_stripe
from tests.support.stripe_proxy import Processor, refusal


@pytest.fixture
def processor(north: Provider) -> Iterator[Processor]:
    with through_stripe(north) as processor:
        yield processor


@pytest.fixture
def agent(north: Provider, processor: Processor) -> Membership:
    return records.add_person(north, "agent")


def refused(membership: Membership, customer: Customer, reference: str) -> Refused:
    with pytest.raises(Refused) as error:
        add_method_by_reference(membership=membership, customer=customer, reference=reference)
    assert not PaymentMethod.objects.exists()
    return error.value


@pytest.mark.parametrize(
    "typed", ["4242 4242 4242 4242", "4242424242424242", "pm_4242424242424242", "DE89370400440532013000"]
)
def test_the_number_of_a_card_is_neither_stored_nor_sent_nor_logged(
    agent: Membership,
    customer: Customer,
    processor: Processor,
    typed: str,
    caplog: pytest.LogCaptureFixture,
    assert_verified: Verified,
) -> None:
    caplog.set_level(logging.DEBUG)
    before = len(processor.calls)
    answer = refused(agent, customer, typed)
    assert (answer.code, answer.field) == ("account_number", "reference")
    assert "4242 4242" not in answer.message
    assert typed not in caplog.text
    assert len(processor.calls) == before
    assert not AuditEntry.objects.filter(action__startswith="payment_method").exists()
    assert_verified()


def test_what_the_processor_gives_to_nobody_is_refused(
    agent: Membership, customer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    card = processor.add_card()
    with processor.failing("change_method", refusal("card_declined", "Your card was declined.", status=402)):
        assert refused(agent, customer, card).message.endswith("Your card was declined.")
    assert_verified()


def test_a_forged_proof_is_refused_without_asking_the_processor(
    agent: Membership, customer: Customer, processor: Processor, assert_verified: Verified
) -> None:
    entering = start_entering(membership=agent, customer=customer)
    setup = entering.client_secret.partition("_secret_")[0]
    processor.confirm_setup(setup, processor.add_card())
    before = len(processor.calls)
    forged = [get_active_gateway(agent.provider).pk, customer.pk, setup]
    for wrong in (
        "",
        setup,
        entering.proof[:-1],
        entering.proof.swapcase(),
        signing.dumps(forged),
        signing.dumps(forged, key="other"),
    ):
        with pytest.raises(Refused) as error:
            finish_entering(membership=agent, customer=customer, proof=wrong)
        assert error.value.code == "entering_forged"
    assert not PaymentMethod.objects.exists()
    assert len(processor.calls) == before
    assert_verified()
