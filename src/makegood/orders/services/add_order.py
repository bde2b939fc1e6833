"""Selling a service to a customer at an address."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.kit.clock import now, today_in
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting
from makegood.ledger.locks import lock_customers
from makegood.orders.models import Order, OrderPrice, Service
from makegood.orders.services.figures import refresh_customer_figures


@dataclass(frozen=True)
class ServiceAddress:
    """Where the service is; `area` is what both lists filter by."""

    area: str = ""
    street: str = ""
    postal_code: str = ""


def add_order(
    *,
    customer: Customer,
    service: Service,
    number: str,
    address: ServiceAddress,
    from_date: date,
    price_minor: int | None = None,
    status: str = Order.Status.ACTIVE,
    staff_id: int | None,
) -> Order:
    """Adds an order; the price, in minor units per month, is the service's unless given. Opens a transaction.

    Refused for a closed customer, an inactive service, an empty or taken number, an address that does not fit.
    """
    number = number.strip()
    if not number or len(number) > 40:
        raise Refused("number_malformed", "An order's number has 1 to 40 characters.", "number")
    require_fitting(Order, area=address.area, street=address.street, postal_code=address.postal_code)
    if not service.active or service.provider_id != customer.provider_id:
        raise Refused("service_inactive", f"The service “{service.name}” is not sold.", "service")
    price = service.price_minor if price_minor is None else price_minor
    with transaction.atomic():
        lock_customers(customer.provider_id, [customer.pk])
        customer.refresh_from_db(fields=["status"])
        if customer.status == Customer.Status.CLOSED:
            raise Refused("customer_closed", f"Customer {customer.number} is closed.", "customer")
        if Order.objects.filter(provider_id=customer.provider_id, number=number).exists():
            raise Refused("number_taken", f"There is an order {number} already.", "number")
        order = Order.objects.create(
            provider_id=customer.provider_id,
            customer=customer,
            number=number,
            service=service,
            area=address.area,
            street=address.street,
            postal_code=address.postal_code,
            status=status,
            price_minor=price,
            from_date=from_date,
            created_at=now(),
            updated_at=now(),
        )
        OrderPrice.objects.create(
            provider_id=order.provider_id, order=order, effective_from=from_date, price_minor=price
        )
        refresh_customer_figures(provider_id=order.provider_id, customer_ids=[customer.pk])
        record_order(order, "order.added", staff_id)
    return order


def set_order_status(*, order: Order, status: str, staff_id: int | None) -> None:
    """Suspends, reactivates or terminates an order; a termination ends it today. Opens a transaction.

    Refused for an unknown status, and for a terminated order, which stays terminated.
    """
    if status not in Order.Status.values:
        raise Refused("status_unknown", f"The status is one of {', '.join(Order.Status.values)}.", "status")
    with transaction.atomic():
        lock_customers(order.provider_id, [order.customer_id])
        order.refresh_from_db()
        if order.status == Order.Status.TERMINATED:
            raise Refused("order_terminated", f"Order {order.number} is terminated and stays so.", "status")
        order.status = status
        if status == Order.Status.TERMINATED:
            order.to_date = max(order.from_date, today_in(order.provider.timezone))
        order.updated_at = now()
        order.save(update_fields=["status", "to_date", "updated_at"])
        refresh_customer_figures(provider_id=order.provider_id, customer_ids=[order.customer_id])
        record_order(order, f"order.{status}", staff_id)


def record_order(order: Order, action: str, staff_id: int | None) -> None:
    """Adds the audit entry of a change of an order. Demands a transaction."""
    record(
        provider_id=order.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="order",
        subject_id=order.pk,
        detail={"number": order.number},
    )
