"""Choosing the day of the month on which a customer's periods begin."""

from django.db import transaction
from django.db.models import Q

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.invoices.models import BillingAccount
from makegood.kit.refusal import Refused
from makegood.ledger.locks import lock_customers
from makegood.orders.models import Order
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right


def set_billing_cycle(*, membership: Membership, customer: Customer, cycle: str) -> BillingAccount:
    """Bills the customer on the 1st of the month, or on the day of the activation. Opens a transaction.

    What is billed stays billed: the next period begins where the last one ended, and goes to the next day of the new
    cycle, by days. The day of an anniversary is that of the customer's earliest order that goes on; without one, the
    first invoice finds it. Refused without the right to bill, while End Customer Billing is off, and for a cycle that
    there is not.
    """
    require_right(membership, Right.BILL, "change when customers are billed")
    if cycle not in BillingAccount.Cycle.values:
        raise Refused("cycle_unknown", f"The cycle is one of {', '.join(BillingAccount.Cycle.values)}.", "cycle")
    with transaction.atomic():
        require_billing(hold_provider(membership.provider_id))
        lock_customers(membership.provider_id, [customer.pk])
        account = BillingAccount.objects.get(provider_id=membership.provider_id, customer=customer)
        if account.cycle == cycle:
            return account
        before, account.cycle = account.cycle, cycle
        account.billing_day = 1 if cycle == BillingAccount.Cycle.MONTHLY else _day_of_activation(customer)
        account.save(update_fields=["cycle", "billing_day"])
        record(
            provider_id=membership.provider_id,
            staff_id=membership.staff_id,
            action="customer.billing_cycle_changed",
            subject_type="customer",
            subject_id=customer.pk,
            detail={"before": before, "after": cycle},
        )
    return account


def _day_of_activation(customer: Customer) -> int | None:
    going_on = Q(status=Order.Status.ACTIVE) | Q(suspended_late_on__isnull=False)
    orders = Order.objects.filter(going_on, provider_id=customer.provider_id, customer=customer)
    first = orders.order_by("from_date").values_list("from_date", flat=True).first()
    return None if first is None else first.day
