"""Adding payment methods by the processor's reference, and making one the default."""

from datetime import date, timedelta

import pytest

from makegood.audit.models import AuditEntry
from makegood.customers.models import Customer
from makegood.gateways.models import GatewayCustomer, SandboxMethod
from makegood.gateways.services.gateways import disconnect_gateway
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_methods import find_default_method, find_next_collection, list_methods
from makegood.payments.services.methods import add_method_by_reference, make_default, remove_method
from makegood.providers.calendar import today_of
from makegood.providers.models import Membership, Provider
from tests.support import autopay, movements, records, sandbox
from tests.support.answers import Verified


@pytest.fixture
def agent(north: Provider) -> Membership:
    sandbox.connect(north)
    return records.add_person(north, "agent")


def test_the_processor_is_asked_what_it_is_and_the_first_becomes_the_default(
    agent: Membership, customer: Customer, assert_verified: Verified
) -> None:
    added = add_method_by_reference(membership=agent, customer=customer, reference=" card_succeeds ")
    assert (added.kind, added.brand, added.last_four, added.expires_on) == ("card", "Visa", "4242", date(2039, 12, 31))
    assert (added.is_default, added.created_by_id, str(added)) == (True, agent.staff_id, "Visa ending 4242")
    [known] = GatewayCustomer.objects.filter(customer=customer)
    assert SandboxMethod.objects.get(reference=added.reference).owner == known.reference
    second = add_method_by_reference(membership=agent, customer=customer, reference="ach_succeeds")
    assert (second.kind, second.is_default) == ("ach", False)
    assert GatewayCustomer.objects.filter(customer=customer).count() == 1, "made once"
    assert [each.pk for each in list_methods(customer)] == [added.pk, second.pk]
    actions = list(AuditEntry.objects.filter(subject_type="customer", action__startswith="payment_method"))
    assert [each.action.split(".")[1] for each in actions] == ["added", "made_default", "added"]
    assert_verified()


def test_the_same_reference_again_is_the_same_payment_method(agent: Membership, customer: Customer) -> None:
    first = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    for reference in ("card_succeeds", first.reference):
        again = add_method_by_reference(membership=agent, customer=customer, reference=reference)
        assert again.pk == first.pk
    assert AuditEntry.objects.filter(action="payment_method.added").count() == 1


def test_a_new_one_can_be_made_the_default_at_once(agent: Membership, customer: Customer) -> None:
    first = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    second = add_method_by_reference(membership=agent, customer=customer, reference="sepa_succeeds", as_default=True)
    assert find_default_method(customer) == second
    back = add_method_by_reference(membership=agent, customer=customer, reference=first.reference, as_default=True)
    assert (back.pk, find_default_method(customer)) == (first.pk, first)


def test_making_one_the_default_twice_changes_nothing_the_second_time(agent: Membership, customer: Customer) -> None:
    add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    second = add_method_by_reference(membership=agent, customer=customer, reference="ach_succeeds")
    for _ in range(2):
        assert make_default(membership=agent, method=second).is_default
    assert find_default_method(customer) == second
    assert AuditEntry.objects.filter(action="payment_method.made_default").count() == 2
    assert PaymentMethod.objects.filter(customer=customer, is_default=True).count() == 1


def test_a_new_default_has_autopay_try_again_what_it_had_given_up(
    north: Provider, agent: Membership, assert_verified: Verified
) -> None:
    ann = records.add_customer(north, "A1", autopay=True)
    declined = add_method_by_reference(membership=agent, customer=ann, reference="card_stolen")
    today = today_of(north)
    invoice = movements.owe(ann, 4000, due_on=today)
    autopay.charge_on(north, today)
    autopay.fail(autopay.payments_of(ann), today, "stolen_card")
    assert autopay.collection_of(invoice) == (1, None, today), "given up"
    added = add_method_by_reference(membership=agent, customer=ann, reference="card_succeeds", as_default=True)
    assert autopay.collection_of(invoice)[1:] == (today, None)
    assert (find_default_method(ann), declined.pk != added.pk) == (added, True)
    assert_verified()


def test_after_a_change_of_the_processor_the_first_new_one_becomes_the_default(
    north: Provider, agent: Membership, customer: Customer
) -> None:
    autopay_of_old = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    admin = records.add_person(north, "admin", "second@north.example")
    disconnect_gateway(membership=admin, gateway=autopay_of_old.gateway)
    assert find_default_method(customer) is None, "nothing that can be charged"
    new = autopay.add_gateway(north)
    added = add_method_by_reference(membership=agent, customer=customer, reference="card_succeeds")
    assert (added.gateway_id, find_default_method(customer)) == (new.pk, added)
    assert remove_method(membership=agent, method=autopay_of_old)


def test_it_is_said_what_autopay_charges_next(north: Provider, agent: Membership) -> None:
    ann = records.add_customer(north, "A1", autopay=True)
    today = today_of(north)
    assert find_next_collection(ann) is None
    movements.owe(ann, 4000, due_on=today + timedelta(days=9))
    movements.owe(ann, 1500, due_on=today + timedelta(days=5))
    movements.owe(ann, 500, due_on=today + timedelta(days=5))
    found = find_next_collection(ann)
    assert found is not None
    assert (found.on, found.amount_minor, found.invoices) == (today + timedelta(days=5), 2000, 2)
    manager = records.add_person(north, "manager")
    records.credit(manager, customers=[ann], amount_minor=2200)
    found = find_next_collection(ann)
    assert found is not None
    assert (found.on, found.amount_minor) == (today + timedelta(days=9), 3800), "what funds leave"
