"""Discounts and surcharges on an order's monthly price: adding one, and ending it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from makegood.invoices.adjustment_rules import require_days, require_end_of_adjustment
from makegood.invoices.adjustment_selectors import find_same_adjustment, get_adjustment
from makegood.invoices.charge_rules import clean_charge_description
from makegood.invoices.models import OrderAdjustment
from makegood.invoices.selectors import get_charge_gl_code
from makegood.kit.clock import now
from makegood.kit.fingerprint import require_seen
from makegood.kit.money import LARGEST_AMOUNT_MINOR
from makegood.kit.refusal import Refused
from makegood.ledger.locks import hold_books, hold_gl_code
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_default_credit_gl_code, require_charge_gl_code, require_credit_gl_code
from makegood.orders.models import Order
from makegood.orders.services.add_order import record_order
from makegood.orders.services.order_status import lock_order
from makegood.providers.locks import hold_provider
from makegood.providers.models import Membership, Provider
from makegood.providers.rules import Right
from makegood.providers.selectors import require_billing, require_right
from makegood.transaction_templates.models import TransactionTemplate

ADJUST = "change discounts and surcharges"
SHOWN_OF_ADJUSTMENT = ("from_on", "until_on")
"""What a person looks at who ends a discount or surcharge, for `end_adjustment`."""


@dataclass(frozen=True)
class AdjustmentValues:
    """What a discount (direction credit) or surcharge (charge) is: the amount a month in minor units, and its days."""

    direction: str
    amount_minor: int
    description: str
    gl_code: GLCode
    from_on: date
    until_on: date | None = None
    template: TransactionTemplate | None = None


def fill_adjustment_values(
    *,
    provider: Provider,
    template: TransactionTemplate | None,
    direction: str | None,
    amount_minor: int | None,
    description: str | None,
    gl_code: GLCode | None,
    from_on: date,
    until_on: date | None,
) -> AdjustmentValues:
    """The values of a discount or surcharge: what was given counts, then the template, then the settings.

    Refused without direction, amount or description, for a template of the other direction, and for a GL code that does
    not fit: a discount needs one of type credit, a surcharge one of type fee or service.
    """
    direction = direction or (template.direction if template else None)
    if direction not in OrderAdjustment.Direction.values:
        raise Refused("direction_unknown", "Say whether it is a discount or a surcharge.", "direction")
    if template is not None and template.direction != direction:
        other = "charges; a discount" if direction == "credit" else "credits; a surcharge"
        message = f"The template “{template.name}” is for {other} needs one of the other kind."
        raise Refused("template_direction", message, "template")
    amount = amount_minor if amount_minor is not None else template.amount_minor if template else None
    if amount is None:
        raise Refused("amount_missing", "An amount is needed.", "amount")
    if not 0 < amount <= LARGEST_AMOUNT_MINOR:
        raise Refused("amount_zero", "The amount must be greater than zero.", "amount")
    text = (description or "").strip() or (template.description if template else "")
    code = gl_code or (template.gl_code if template else None)
    if direction == OrderAdjustment.Direction.CREDIT:
        code = code or get_default_credit_gl_code(provider)
        require_credit_gl_code(code)
    else:
        code = code or get_charge_gl_code(provider)
        require_charge_gl_code(code)
    return AdjustmentValues(
        direction, amount, clean_charge_description(text), code, from_on=from_on, until_on=until_on, template=template
    )


def add_adjustment(*, membership: Membership, order: Order, values: AdjustmentValues) -> OrderAdjustment:
    """Adds a discount or surcharge to an order, for the invoices whose period begins within its days.

    Opens a transaction, in which the order's customer is locked. One that says the same in everything is never added
    twice: the first is given.
    Refused for a terminated order, for days that cannot be, where the person may not bill, and while billing is off.
    """
    require_right(membership, Right.BILL, ADJUST)
    with transaction.atomic():
        _hold(membership)
        lock_order(_require_own(membership, order))
        wanted = vars(values)
        if (same := find_same_adjustment(order, wanted)) is not None:
            return same
        if order.status == Order.Status.TERMINATED:
            raise Refused("order_terminated", f"Order {order.number} is terminated; nothing more is billed for it.")
        require_days(
            from_on=values.from_on, until_on=values.until_on, order_from=order.from_date, order_to=order.to_date
        )
        gl_code = hold_gl_code(values.gl_code.pk)
        is_discount = values.direction == OrderAdjustment.Direction.CREDIT
        (require_credit_gl_code if is_discount else require_charge_gl_code)(gl_code)
        adjustment = OrderAdjustment.objects.create(
            provider_id=order.provider_id,
            customer_id=order.customer_id,
            order=order,
            created_by=membership.staff,
            created_at=now(),
            **wanted,
        )
        _record(order, adjustment, "order.adjustment_added", membership.staff_id)
    return adjustment


def end_adjustment(
    *, membership: Membership, adjustment: OrderAdjustment, until_on: date, seen: str | None = None
) -> OrderAdjustment:
    """Sets or moves the last day of a discount or surcharge. Opens a transaction, with the customer locked.

    Invoices that were issued keep it. seen: the fingerprint of `SHOWN_OF_ADJUSTMENT` that the person looked at.
    Refused for a last day before the first, when somebody changed it meanwhile, where the person may not bill, and
    while billing is off.
    """
    require_right(membership, Right.BILL, ADJUST)
    with transaction.atomic():
        _hold(membership)
        order = get_adjustment(membership.provider, adjustment.pk).order
        lock_order(order)
        locked = get_adjustment(membership.provider, adjustment.pk)
        if locked.until_on == until_on:
            return locked
        require_seen(locked, SHOWN_OF_ADJUSTMENT, seen)
        require_end_of_adjustment(until_on=until_on, from_on=locked.from_on)
        locked.until_on = until_on
        locked.save(update_fields=["until_on"])
        _record(order, locked, "order.adjustment_ended", membership.staff_id)
    return locked


def _hold(membership: Membership) -> None:
    hold_books(membership.provider)
    require_billing(hold_provider(membership.provider_id))


def _require_own(membership: Membership, order: Order) -> Order:
    if order.provider_id != membership.provider_id:
        raise Refused("order_unknown", f"{membership.provider.name} has no such order.", "order")
    return order


def _record(order: Order, adjustment: OrderAdjustment, action: str, staff_id: int) -> None:
    detail = {
        "direction": adjustment.direction,
        "amount_minor": adjustment.amount_minor,
        "description": adjustment.description,
        "from_on": adjustment.from_on.isoformat(),
        "until_on": adjustment.until_on.isoformat() if adjustment.until_on else None,
    }
    record_order(order, action, staff_id, detail)
