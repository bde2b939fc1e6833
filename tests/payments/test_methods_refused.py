"""What cannot be added or made the default, with nothing stored and nothing sent."""

import pytest
from django.db import IntegrityError, transaction

from makegood.customers.models import Customer
from makegood.gateways.interface import Method
from makegood.gateways.models import Gateway, GatewayCustomer, SandboxMethod
from makegood.gateways.registry import open_gateway
from makegood.gateways.rules import MethodKind
from makegood.gateways.sandbox.client import SandboxClient
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.payments.models import PaymentMethod
from makegood.payments.services.methods import add_method_by_reference, make_default, remove_method
from makegood.providers.models import Membership, Provider
from tests.support import records, sandbox

CARD_NUMBER = "4242 4242 4242 4242"


@pytest.fixture
def gateway(north: Provider) -> Gateway:
    return sandbox.connect(north)


@pytest.fixture
def agent(north: Provider, gateway: Gateway) -> Membership:
    return records.add_person(north, "agent")


def refused(membership: Membership, customer: Customer, reference: str) -> Refused:
    with pytest.raises(Refused) as error:
        add_method_by_reference(membership=membership, customer=customer, reference=reference)
    return error.value


@pytest.mark.parametrize(
    "odd",
    [
        {"reference": "4242 4242 4242 4242"},
        {"reference": "42424242"},
        {"reference": ""},
        {"last_four": "42424242"},
        {"last_four": "42"},
        {"brand": "Visa 4242424242424242"},
    ],
)
def test_the_database_takes_no_number_either(
    north: Provider, gateway: Gateway, customer: Customer, odd: dict[str, str]
) -> None:
    said = {"reference": "pm_1", "last_four": "4242", "brand": "Visa"} | odd
    with pytest.raises((IntegrityError, Exception)) as error, transaction.atomic():
        PaymentMethod.objects.create(
            provider=north, customer=customer, gateway=gateway, kind="card", created_at=now(), **said
        )
    assert "payment_method_no_number" in str(error.value) or "too long" in str(error.value)


def test_who_may_not_edit_customers_may_not_change_what_they_pay_with(
    north: Provider, gateway: Gateway, customer: Customer
) -> None:
    viewer = records.add_person(north, "viewer")
    assert refused(viewer, customer, "card_succeeds").code == "not_allowed"
    method = sandbox.add_method(customer)
    for change in (make_default, remove_method):
        with pytest.raises(Refused, match="may not change payment methods"):
            change(membership=viewer, method=method)


def test_while_billing_is_off_nothing_is_changed(agent: Membership, customer: Customer) -> None:
    method = sandbox.add_method(customer)
    Provider.objects.update(end_customer_billing=False)
    agent.provider.refresh_from_db()
    assert refused(agent, customer, "card_declined").code == "billing_off"
    with pytest.raises(Refused, match="End Customer Billing is off"):
        remove_method(membership=agent, method=method)


def test_without_a_processor_there_is_nothing_to_add_to(north: Provider, customer: Customer) -> None:
    assert refused(records.add_person(north, "agent"), customer, "card_succeeds").code == "no_gateway"


def test_what_the_processor_does_not_know_is_refused(agent: Membership, customer: Customer) -> None:
    answer = refused(agent, customer, "pm_1Abc")
    assert (answer.code, answer.field) == ("processor_refused", "reference")
    assert answer.message == "Sandbox does not take it: The sandbox has no such payment method."
    assert not GatewayCustomer.objects.exists(), "nobody is made there for nothing"


def test_a_reference_of_another_provider_is_not_known(agent: Membership, customer: Customer) -> None:
    south = records.add_provider("south")
    sandbox.connect(south)
    theirs = sandbox.add_method(records.add_customer(south, "C1"))
    assert refused(agent, customer, theirs.reference).code == "processor_refused"
    assert not PaymentMethod.objects.filter(customer=customer).exists()


def test_another_providers_payment_method_does_not_exist(agent: Membership) -> None:
    south = records.add_provider("south")
    sandbox.connect(south)
    theirs = sandbox.add_method(records.add_customer(south, "C1"))
    for change in (make_default, remove_method):
        with pytest.raises(Refused) as error:
            change(membership=agent, method=theirs)
        assert error.value.code in ("customer_unknown", "method_unknown")
    theirs.refresh_from_db()
    assert theirs.removed_at is None


def test_what_belongs_to_another_customer_here_is_refused_by_name(
    north: Provider, agent: Membership, customer: Customer
) -> None:
    ann = records.add_customer(north, "A1")
    method = sandbox.add_method(ann)
    answer = refused(agent, customer, method.reference)
    assert (answer.code, answer.message) == ("method_of_another", "This payment method is customer A1's already.")


def test_what_belongs_to_another_customer_at_the_processor_is_refused(
    north: Provider, agent: Membership, gateway: Gateway, customer: Customer
) -> None:
    client = open_gateway(gateway)
    strange = client.attach_method("card_succeeds", "sandbox_cus_strange")
    answer = refused(agent, customer, strange.reference)
    assert (answer.code, answer.message) == (
        "method_of_another",
        "At Sandbox this payment method belongs to somebody else. Nothing is changed here.",
    )
    ann = records.add_customer(north, "A1")
    sandbox.add_method(ann)
    anns = client.attach_method("card_declined", GatewayCustomer.objects.get(customer=ann).reference)
    assert "belongs to customer A1." in refused(agent, customer, anns.reference).message
    assert SandboxMethod.objects.get(reference=anns.reference).owner != ""
    assert not PaymentMethod.objects.filter(customer=customer).exists()


def test_a_processor_that_says_more_than_four_digits_is_not_written_down(
    agent: Membership, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Method("pm_1", MethodKind.CARD, "Visa", "4242424242424242")
    # No client that there is says so: Stripe's leaves out what is too much.
    monkeypatch.setattr(SandboxClient, "read_method", lambda client, reference: said)
    assert refused(agent, customer, "pm_1").code == "last_four_odd"
    assert not PaymentMethod.objects.exists()


def test_what_was_removed_is_neither_the_default_nor_added_again(agent: Membership, customer: Customer) -> None:
    method = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    remove_method(membership=agent, method=method)
    with pytest.raises(Refused, match="was removed, so it cannot be the default"):
        make_default(membership=agent, method=method)
    assert refused(agent, customer, method.reference).code == "method_removed"
    anew = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    assert anew.pk != method.pk, "a test method can be had again, under another reference"


def test_what_only_an_earlier_processor_knows_cannot_be_the_default(
    agent: Membership, gateway: Gateway, customer: Customer
) -> None:
    method = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    Gateway.objects.filter(pk=gateway.pk).update(active=False)
    with pytest.raises(Refused, match="an earlier payment processor only"):
        make_default(membership=agent, method=method)
