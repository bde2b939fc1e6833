"""Telling processors of payment methods that were removed."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import QuerySet

from makegood.gateways.interface import GatewayError, GatewayRefused
from makegood.gateways.models import Gateway
from makegood.gateways.registry import open_gateway
from makegood.kit.clock import now
from makegood.kit.transactions import opens_transaction
from makegood.payments.models import PaymentMethod
from makegood.payments.pausing import is_about_us
from makegood.payments.telling_events import tell_of_method_left_there

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100
GIVE_UP_AFTER = timedelta(days=7)
"""For so long a processor that does not answer, or whose keys are gone, is asked again."""


def detach_method(method: PaymentMethod) -> bool:
    """Tells the processor that a removed method is not to be charged any more; whether it has taken note.

    Asks the processor: no transaction. Done twice it is the same; here nothing charges it in any case.
    """
    return _find_why_not_detached(method) is None


def detach_everywhere(*, should_let_go: Callable[[], bool] = lambda: False) -> int:
    """The same as `detach_removed` for every processor that has to be told of something.

    Managers are told, once, of what was given up, in transactions of their own.
    """
    _tell_of_given_up()
    gateways = Gateway.objects.filter(pk__in=_list_waiting().values("gateway"))
    return sum(detach_removed(gateway=gateway, should_let_go=should_let_go) for gateway in gateways)


def detach_removed(*, gateway: Gateway, should_let_go: Callable[[], bool] = lambda: False) -> int:
    """Tells the processor of what was removed while it did not answer; how many of them it has taken now.

    Stops at the first that it does not answer to; one that it refuses keeps none of the others waiting. Asks the
    processor: no transaction.
    """
    waiting = _list_waiting().filter(gateway=gateway).order_by("removed_at")
    detached = 0
    for method in waiting[:MOST_AT_ONCE]:
        if should_let_go():
            break
        why = _find_why_not_detached(method)
        if why is None:
            detached += 1
        elif not isinstance(why, GatewayRefused) or is_about_us(why):
            break
    return detached


def _find_why_not_detached(method: PaymentMethod) -> GatewayError | None:
    """Tells the processor, unless it has taken note before; None where it has."""
    if method.detached_at is not None:
        return None
    try:
        open_gateway(method.gateway).detach_method(method.reference)
    except GatewayError as error:
        # The reference is the processor's own word for it, and nobody's number.
        log.warning("Payment method %s is not detached yet: %s", method.pk, type(error).__name__)
        return error
    method.detached_at = now()
    PaymentMethod.objects.filter(pk=method.pk, detached_at=None).update(detached_at=method.detached_at)
    return None


def _tell_of_given_up() -> None:
    """Of those that were given up within the last day: hours later the same are found again."""
    over = now() - GIVE_UP_AFTER
    given_up = PaymentMethod.objects.select_related("customer", "gateway").filter(detached_at=None)
    for method in given_up.filter(removed_at__lte=over, removed_at__gt=over - timedelta(days=1)).order_by("pk"):
        with opens_transaction():
            tell_of_method_left_there(method)


def _list_waiting() -> QuerySet[PaymentMethod]:
    removed = PaymentMethod.objects.select_related("gateway__provider").filter(detached_at=None)
    return removed.filter(removed_at__gt=now() - GIVE_UP_AFTER)
