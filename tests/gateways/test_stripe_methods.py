"""Customers and payment methods through Stripe's protocol."""

from datetime import date

import pytest

from makegood.gateways.interface import GatewayRefused, NoAnswer
from makegood.gateways.rules import MethodKind
from makegood.gateways.stripe.client import StripeGateway
from tests.support.stripe_proxy import Processor
from tests.support.stripe_recorded import ach_method


@pytest.fixture
def customer(processor: Processor, client: StripeGateway) -> str:
    return client.make_customer("customer 1", "C1", "Ada Chen", "ada@example.org")


def test_a_customer_is_made_once(client: StripeGateway, customer: str) -> None:
    assert client.make_customer("customer 1", "C1", "Ada Chen", "ada@example.org") == customer
    assert client.make_customer("customer 2", "C2", "Bo Diaz", "") != customer


def test_a_card_is_attached_and_detached(client: StripeGateway, processor: Processor, customer: str) -> None:
    method = client.attach_method(processor.add_card(), customer)
    assert (method.kind, method.brand, method.last_four) == (MethodKind.CARD, "Visa", "4242")
    assert (method.customer, method.expires_on) == (customer, date(2039, 12, 31))
    assert client.attach_method(method.reference, customer) == method == client.read_method(method.reference)
    client.detach_method(method.reference)
    client.detach_method(method.reference)
    assert client.read_method(method.reference).customer == ""


def test_a_test_method_of_stripes_becomes_one_of_the_customers(client: StripeGateway, customer: str) -> None:
    method = client.attach_method("pm_card_visa", customer)
    assert method.reference != "pm_card_visa"
    assert client.read_method(method.reference).customer == customer


def test_a_card_that_its_bank_does_not_take(client: StripeGateway, processor: Processor, customer: str) -> None:
    with pytest.raises(GatewayRefused) as refused:
        client.attach_method(processor.add_card("4000000000000002"), customer)
    assert refused.value.code == "card_declined"


def test_a_bank_account_in_the_united_states(client: StripeGateway, processor: Processor, customer: str) -> None:
    processor.overlay("/v1/payment_methods/pm_ach", ach_method("pm_ach", customer))
    method = client.attach_method("pm_ach", customer)
    assert (method.kind, method.brand, method.last_four) == (MethodKind.ACH, "Stripe Test Bank", "6789")
    assert method.expires_on is None


def test_a_bank_account_by_sepa_shows_no_number_of_the_bank(
    client: StripeGateway, processor: Processor, customer: str
) -> None:
    method = client.attach_method(processor.add_sepa(), customer)
    assert (method.kind, method.brand, method.last_four) == (MethodKind.SEPA, "", "3000")


def test_a_kind_that_is_not_charged_here(client: StripeGateway, processor: Processor) -> None:
    processor.overlay("/v1/payment_methods/pm_x", {"id": "pm_x", "object": "payment_method", "type": "klarna"})
    with pytest.raises(GatewayRefused) as refused:
        client.read_method("pm_x")
    assert refused.value.code == "method_not_supported"


def test_a_method_that_is_not_there(client: StripeGateway, processor: Processor) -> None:
    with pytest.raises(GatewayRefused) as refused:
        client.read_method("pm_nothere")
    assert refused.value.code == "resource_missing"
    client.detach_method("pm_nothere")


def test_detaching_without_an_answer_is_no_success(client: StripeGateway, processor: Processor, customer: str) -> None:
    method = client.attach_method(processor.add_card(), customer)
    processor.fail_next(f"/v1/payment_methods/{method.reference}/detach", 500)
    with pytest.raises(NoAnswer):
        client.detach_method(method.reference)


def test_a_method_is_entered_in_the_form(client: StripeGateway, processor: Processor, customer: str) -> None:
    setup = client.start_setup(customer)
    assert setup.client_secret.startswith(setup.reference)
    with pytest.raises(GatewayRefused) as refused:
        client.finish_setup(setup.reference)
    assert refused.value.code == "setup_not_finished"
    card = processor.add_card()
    processor.confirm_setup(setup.reference, card)
    method = client.finish_setup(setup.reference)
    assert (method.reference, method.customer) == (card, customer)


def test_debits_are_offered_where_the_account_has_them(
    client: StripeGateway, processor: Processor, customer: str
) -> None:
    client.start_setup(customer)
    first, second = [call.asked for call in processor.calls if call.path == "/v1/setup_intents"]
    assert (first["payment_method_types[0]"], first["payment_method_types[1]"]) == ("card", "us_bank_account")
    # This account has none: cards are taken all the same.
    assert "payment_method_types[1]" not in second
