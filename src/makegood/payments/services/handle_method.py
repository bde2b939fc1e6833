"""What is done about an event that tells of a payment method."""

from makegood.gateways.handlers import Done
from makegood.gateways.interface import GatewayClient, GatewayRefused, Method
from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import OUR_FAULT
from makegood.kit.clock import now
from makegood.kit.transactions import opens_transaction
from makegood.ledger.locks import hold_books, lock_customers
from makegood.payments.method_rules import clean_brand, clean_last_four
from makegood.payments.models import PaymentMethod
from makegood.payments.selectors_events import find_method
from makegood.payments.services.method_changes import write_down
from makegood.payments.services.retry import revive_collections
from makegood.payments.telling_events import tell_of_lost_method


def handle_method(event: GatewayEvent, client: GatewayClient) -> Done:
    """Writes down how the payment method stands now at the processor. Asks it, then opens a transaction.

    A renewed card is charged with its new dates, also for what autopay had given up. One that was detached there can be
    charged no more: it is removed, and managers are told.
    """
    method = find_method(event.gateway_id, event.reference)
    if method is None:
        return Done("No customer here has this payment method.", ignored=True)
    said = _ask(method.reference, client)
    with opens_transaction():
        hold_books(method.provider)
        lock_customers(method.provider_id, [method.customer_id])
        method.refresh_from_db()
        if method.removed_at is not None:
            return Done(f"{method} was removed before.")
        return _remove(method) if said is None else _renew(method, said)


def _ask(reference: str, client: GatewayClient) -> Method | None:
    """The method; None if it is nobody's any more."""
    try:
        said = client.read_method(reference)
    except GatewayRefused as refused:
        if refused.code in OUR_FAULT:
            raise
        return None
    return said if said.customer else None


def _remove(method: PaymentMethod) -> Done:
    was_default = method.is_default
    method.is_default, method.removed_at, method.detached_at = False, now(), now()
    method.save(update_fields=["is_default", "removed_at", "detached_at"])
    write_down(None, method, "payment_method.removed")
    if was_default:
        tell_of_lost_method(method)
    return Done(f"{method} can be charged no more: it was removed at the processor.")


def _renew(method: PaymentMethod, said: Method) -> Done:
    fresh = {
        "brand": clean_brand(said.brand),
        "last_four": clean_last_four(said.last_four),
        "expires_on": said.expires_on,
    }
    if all(getattr(method, name) == value for name, value in fresh.items()):
        return Done(f"{method} is as it was known.")
    for name, value in fresh.items():
        setattr(method, name, value)
    method.save(update_fields=list(fresh))
    write_down(None, method, "payment_method.renewed")
    if method.is_default and method.held_at is None:
        revive_collections(method.customer)
    return Done(f"{method} is known with its new dates.")
