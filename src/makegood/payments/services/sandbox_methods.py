"""Giving many customers of a demo test methods of the sandbox."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from makegood.audit.services import record_each
from makegood.customers.models import Customer
from makegood.gateways.models import GatewayCustomer
from makegood.gateways.registry import open_gateway
from makegood.gateways.sandbox.attaching import attach_test_methods
from makegood.gateways.selectors import get_active_gateway
from makegood.kit.clock import now
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.payments.models import PaymentMethod
from makegood.payments.services.method_changes import require_may_change
from makegood.providers.models import Membership


def add_test_methods(*, membership: Membership, outcomes: Mapping[Customer, str]) -> None:
    """Gives customers who have no payment method one of the sandbox each, which is their default.

    Opens a transaction. outcomes: names of test methods. A constant number of statements, however many customers.
    Refused without the right to change payment methods, and while billing is off or no processor is connected.
    """
    require_may_change(membership)
    gateway = get_active_gateway(membership.provider)
    client = open_gateway(gateway)
    names = {
        customer: client.make_customer(
            str(uuid5(NAMESPACE_URL, f"{gateway.token} {customer.pk}")), customer.number, customer.name, customer.email
        )
        for customer in outcomes
    }
    with opens_transaction():
        hold_books(membership.provider)
        lock_customers(membership.provider_id, sorted(customer.pk for customer in outcomes))
        GatewayCustomer.objects.bulk_create(
            GatewayCustomer(provider_id=gateway.provider_id, gateway=gateway, customer=customer, reference=name)
            for customer, name in names.items()
        )
        attached = attach_test_methods(gateway, {names[customer]: outcome for customer, outcome in outcomes.items()})
        made = PaymentMethod.objects.bulk_create(
            PaymentMethod(
                provider_id=gateway.provider_id,
                customer=customer,
                gateway=gateway,
                kind=attached[name].kind,
                reference=attached[name].reference,
                brand=attached[name].brand,
                last_four=attached[name].last_four,
                expires_on=attached[name].expires_on,
                is_default=True,
                created_by_id=membership.staff_id,
                created_at=now(),
            )
            for customer, name in names.items()
        )
        record_each(
            provider_id=gateway.provider_id,
            staff_id=membership.staff_id,
            action="payment_method.added",
            subject_type="customer",
            details={method.customer_id: {"method": method.pk, "what": str(method)} for method in made},
        )
