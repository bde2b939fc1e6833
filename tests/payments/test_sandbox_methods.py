"""Many customers of a demo get test methods of the sandbox at once."""

from makegood.audit.models import AuditEntry
from makegood.gateways.models import GatewayCustomer
from makegood.payments.models import PaymentMethod
from makegood.payments.services.methods import add_method_by_reference
from makegood.payments.services.sandbox_methods import add_test_methods
from makegood.providers.models import Provider
from tests.payments.collecting import DAY, after, charge, invoices_of, submit
from tests.support import movements, records, sandbox
from tests.support.answers import Verified


def test_each_has_a_default_that_is_charged_as_it_says(north: Provider, assert_verified: Verified) -> None:
    clerk = records.add_person(north)
    with after():
        sandbox.connect(north)
        good, bad = (records.add_customer(north, number, autopay=True) for number in ("C1", "C2"))
        for customer in (good, bad):
            movements.owe(customer, 4000, due_on=DAY)
        add_test_methods(membership=clerk, outcomes={good: "card_succeeds", bad: "card_declined"})
    methods = PaymentMethod.objects.order_by("customer_id")
    assert [(method.last_four, method.is_default) for method in methods] == [("4242", True), ("0002", True)]
    assert AuditEntry.objects.filter(action="payment_method.added").count() == 2
    charge(north)
    submit(north)
    assert [invoices_of(customer)[0][0] for customer in (good, bad)] == ["paid", "open"]
    assert_verified()


def test_a_method_that_is_added_later_belongs_to_the_same_customer_at_the_sandbox(north: Provider) -> None:
    sandbox.connect(north)
    clerk = records.add_person(north)
    customer = records.add_customer(north, "C1")
    add_test_methods(membership=clerk, outcomes={customer: "card_declined"})
    added = add_method_by_reference(membership=clerk, customer=customer, reference="card_succeeds", as_default=True)
    assert added.is_default
    assert GatewayCustomer.objects.count() == 1
