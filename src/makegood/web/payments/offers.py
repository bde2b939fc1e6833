"""What a person is offered to do with a customer's money: nothing that would be refused."""

from collections.abc import Sequence

from makegood.credits.selectors import has_paid_funds
from makegood.customers.models import Customer
from makegood.invoices.models import Invoice
from makegood.payments.selectors_methods import list_usable_methods
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import can_act


def offer_money(membership: Membership, customer: Customer, owed: Sequence[Invoice]) -> dict[str, bool]:
    """Charging what is owed now, and paying out what the customer has paid. Two queries at most.

    customer: with the balance.
    """
    if not can_act(membership, Right.BILL) or not membership.provider.end_customer_billing:
        return {}
    free = any(not invoice.in_flight_minor for invoice in owed)
    return {
        "can_charge": free and bool(list_usable_methods(customer)),
        "can_pay_out": customer.balance.funds_minor > 0 and has_paid_funds(customer),
    }
