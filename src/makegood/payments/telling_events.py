"""Telling managers of what processors sent, where somebody should look. Demands the transaction of what it tells."""

from collections.abc import Sequence

from makegood.credits.limits import money_of
from makegood.gateways.interface import Refund
from makegood.gateways.models import GatewayEvent
from makegood.notifications.models import Notification
from makegood.payments.models import Payment, PaymentMethod
from makegood.payments.reconciling import Compared
from makegood.payments.telling import CUSTOMER, PAYMENT, tell_managers
from makegood.providers.models import Provider

CLEARING, EVENT = "clearing", "gateway_event"
"""What notifications name as their subject: the clearing account beside the processor's balance; what it sent."""
MOST_NAMED = 3


def tell_of_lost_method(method: PaymentMethod) -> None:
    """That what autopay charged was removed at the processor, so that the customer has no default any more."""
    customer = method.customer
    tell_managers(
        method.provider_id,
        "warning",
        f"{method} of customer {customer.number} was removed at the processor",
        "It was the default, so autopay has nothing to charge. Ask the customer for another payment method.",
        CUSTOMER,
        customer.pk,
    )


def tell_of_method_left_there(method: PaymentMethod) -> None:
    """That the processor was never told of a removal: it keeps the method. Who was told so is not told again."""
    title = f"{method} of customer {method.customer.number} is removed here, and not at the processor"
    told = Notification.objects.filter(
        provider_id=method.provider_id, subject_type=CUSTOMER, subject_id=method.customer_id, title=title
    )
    if told.exists():
        return
    tell_managers(
        method.provider_id,
        "warning",
        title,
        f"{method.gateway.get_kind_display()} did not take note of it for a week, and is not told any more. Nothing "
        f"here charges it. Remove {method.reference} there by hand, if the customer wants it gone.",
        CUSTOMER,
        method.customer_id,
    )


def tell_of_failed_event(event: GatewayEvent) -> None:
    """That an event could not be handled, however often it was tried."""
    tell_managers(
        event.provider_id,
        "error",
        f"What {event.gateway.get_kind_display()} sent could not be handled: {event.type}",
        f"{event.outcome or 'It was tried for most of a day.'} Look at the event, put right what is wrong, and have it "
        "handled again.",
        EVENT,
        event.pk,
    )


def tell_of_foreign_refund(payment: Payment, refund: Refund) -> None:
    """That a payment was given back at the processor itself, so that the books do not know of it."""
    tell_managers(
        payment.provider_id,
        "error",
        f"{money_of(payment.provider, refund.amount_minor)} of payment {payment.pk} was given back at the processor",
        f"Somebody made refund {refund.reference} there, not here, so that nothing is booked: the payment and its "
        "invoices stand as before, and the clearing account differs. Refunds are made on the invoice.",
        PAYMENT,
        payment.pk,
    )


def tell_of_differences(provider: Provider, new: Sequence[Compared]) -> None:
    """That things are booked otherwise than they have moved at the processor; one notification for all that are new."""
    named = " ".join(_name(provider, each) for each in new[:MOST_NAMED])
    more = f" And {len(new) - MOST_NAMED:,} more." if len(new) > MOST_NAMED else ""
    tell_managers(
        provider.pk,
        "warning",
        "1 difference between the processor and the books"
        if len(new) == 1
        else f"{len(new):,} differences between the processor and the books",
        f"{named}{more} Look at the clearing account.",
        CLEARING,
        provider.pk,
    )


def _name(provider: Provider, each: Compared) -> str:
    of_payment = f" of payment {each.payment_id}" if each.payment_id else ""
    booked, moved = (money_of(provider, minor or 0) for minor in (each.booked_minor, each.moved_minor))
    return f"{each.kind.capitalize()} {each.reference}{of_payment}: {booked} booked, {moved} at the processor."
