"""Closing a customer ends what the customer is sold, so it is done here, above customers."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Least

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.kit.clock import now
from makegood.ledger.locks import lock_customers
from makegood.orders.models import Order
from makegood.orders.services.figures import refresh_customer_figures
from makegood.orders.services.order_status import IS_PENDING
from makegood.providers.calendar import today_of


def close_customer(*, customer: Customer, staff_id: int | None) -> None:
    """Closes the customer and terminates the orders as of today. Opens a transaction; closed stays closed.

    Takes the customer's lock, so a run that credits the customer at this moment is either before or after it.
    """
    with transaction.atomic():
        lock_customers(customer.provider_id, [customer.pk])
        today = today_of(customer.provider)
        open_orders = Order.objects.filter(provider_id=customer.provider_id, customer=customer).exclude(
            status=Order.Status.TERMINATED
        )
        last_day = Greatest(F("from_date"), Least(Coalesce(F("to_date"), today), today))
        ended = open_orders.update(
            status=Order.Status.TERMINATED,
            to_date=last_day,
            never_began=IS_PENDING,
            suspended_late_on=None,
            updated_at=now(),
        )
        closed = Customer.objects.filter(pk=customer.pk, status=Customer.Status.ACTIVE).update(
            status=Customer.Status.CLOSED, closed_on=today, updated_at=now()
        )
        refresh_customer_figures(provider_id=customer.provider_id, customer_ids=[customer.pk])
        if closed or ended:
            _record(customer, "customer.closed", staff_id, {"orders": ended})
    customer.refresh_from_db()


def reopen_customer(*, customer: Customer, staff_id: int | None) -> None:
    """Makes a closed customer active again; the orders stay terminated. Opens a transaction; active stays active.

    Takes the customer's lock, as closing does.
    """
    with transaction.atomic():
        lock_customers(customer.provider_id, [customer.pk])
        reopened = Customer.objects.filter(pk=customer.pk, status=Customer.Status.CLOSED).update(
            status=Customer.Status.ACTIVE, closed_on=None, updated_at=now()
        )
        if reopened:
            _record(customer, "customer.reopened", staff_id)
    customer.refresh_from_db()


def _record(customer: Customer, action: str, staff_id: int | None, detail: dict[str, Any] | None = None) -> None:
    record(
        provider_id=customer.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="customer",
        subject_id=customer.pk,
        detail=detail,
    )
