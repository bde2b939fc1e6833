"""Selling a service to a customer at an address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.customers.models import Customer
from makegood.kit.clock import now
from makegood.kit.database_errors import constraint_of
from makegood.kit.refusal import Refused
from makegood.kit.text import require_fitting, require_plain
from makegood.ledger.locks import lock_customers
from makegood.orders.models import Order, OrderPrice, Service
from makegood.orders.rules import LONGEST_NUMBER, require_date
from makegood.orders.services.figures import refresh_customer_figures
from makegood.orders.services.pauses import begin_pause
from makegood.providers.calendar import today_of


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

    Refused for a closed customer, an inactive service, an empty or taken number, an address that does not fit, a date
    that cannot be, and an active order that begins later than today: until then it is pending.
    """
    number = number.strip()
    if not 1 <= len(number) <= LONGEST_NUMBER:
        raise Refused("number_malformed", f"An order's number has 1 to {LONGEST_NUMBER} characters.", "number")
    require_plain(number=number)
    require_address(address)
    require_date(from_date, "from_date")
    if status == Order.Status.ACTIVE and from_date > today_of(customer.provider):
        message = f"The order begins on {from_date:%Y-%m-%d}. Add it as pending, and make it active when it begins."
        raise Refused("begins_later", message, "from_date")
    if not service.active or service.provider_id != customer.provider_id:
        raise Refused("service_inactive", f"The service “{service.name}” is not sold.", "service")
    order = Order(
        provider_id=customer.provider_id,
        customer=customer,
        number=number,
        service=service,
        area=address.area.strip(),
        street=address.street.strip(),
        postal_code=address.postal_code.strip(),
        status=status,
        price_minor=service.price_minor if price_minor is None else price_minor,
        from_date=from_date,
        created_at=now(),
        updated_at=now(),
    )
    try:
        with transaction.atomic():
            _insert(order, staff_id)
    except IntegrityError as error:
        if constraint_of(error) == "customer_order_number_unique":
            raise _taken(number) from None
        raise
    return order


def _insert(order: Order, staff_id: int | None) -> None:
    customer = order.customer
    lock_customers(order.provider_id, [customer.pk])
    customer.refresh_from_db(fields=["status"])
    if customer.status == Customer.Status.CLOSED:
        raise Refused("customer_closed", f"Customer {customer.number} is closed.", "customer")
    if Order.objects.filter(provider_id=order.provider_id, number=order.number).exists():
        raise _taken(order.number)
    order.save(force_insert=True)
    OrderPrice.objects.create(
        provider_id=order.provider_id, order=order, effective_from=order.from_date, price_minor=order.price_minor
    )
    if order.status == Order.Status.SUSPENDED:
        begin_pause(order, order.from_date)
    refresh_customer_figures(provider_id=order.provider_id, customer_ids=[customer.pk])
    record_order(order, "order.added", staff_id)


def _taken(number: str) -> Refused:
    return Refused("number_taken", f"There is an order {number} already.", "number")


def require_address(address: ServiceAddress) -> None:
    """Refused, by the field, for an address that does not fit or has control characters."""
    texts = {"area": address.area, "street": address.street, "postal_code": address.postal_code}
    require_plain(**texts)
    require_fitting(Order, **texts)


def record_order(order: Order, action: str, staff_id: int | None, detail: dict[str, Any] | None = None) -> None:
    """Adds the audit entry of a change of an order, with its number. Demands a transaction."""
    record(
        provider_id=order.provider_id,
        staff_id=staff_id,
        action=action,
        subject_type="order",
        subject_id=order.pk,
        detail={"number": order.number} | (detail or {}),
    )
