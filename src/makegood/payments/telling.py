"""Telling managers of what payments came to, where somebody should look. All demand its transaction."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Sum

from makegood.credits.limits import money_of
from makegood.gateways.models import Gateway
from makegood.notifications.services import notify
from makegood.payments.models import Payment, RefundTransfer
from makegood.payments.refund_words import say_how_to_book_late
from makegood.payments.rules import RefundPurpose
from makegood.providers.models import Provider
from makegood.providers.selectors import list_managers

PAYMENT, CUSTOMER, GATEWAY = "payment", "customer", "gateway"
"""What notifications name as their subject."""
PAYMENTS, FAILED_PAYMENTS = "payments", "failed_payments"
"""The same for whole lists."""


def tell_of_late_success(provider: Provider, payment_ids: Sequence[int]) -> None:
    """That payments which counted as failed have been charged after all; one notification for all of them.

    There is something to do where more was paid by it than was owed.
    """
    if not payment_ids:
        return
    found = Payment.objects.filter(provider=provider, pk__in=payment_ids).aggregate(over=Sum("over_minor"))
    one = len(payment_ids) == 1
    it = "it" if one else "they"
    words = f"The processor's answer came after {it} had counted as failed. What the invoices still owed is paid."
    if found["over"]:
        words += (
            f" {money_of(provider, found['over'])} was paid twice, as it had been paid in another way meanwhile, and "
            "is Available Funds. Ask the customer: it stays for the next invoices, or is paid out on the customer's "
            "page."
        )
    else:
        words += " Nothing has to be done."
    tell_managers(
        provider.pk,
        "warning" if found["over"] else "success",
        f"Payment {payment_ids[0]} was charged after all"
        if one
        else f"{len(payment_ids):,} payments were charged after all",
        words,
        *((PAYMENT, payment_ids[0]) if one else (PAYMENTS, provider.pk)),
    )


def tell_of_shortfall(provider: Provider, payment: Payment, amount_minor: int) -> None:
    """That a part of a payment which the bank took back could not be taken back from the customer's account.

    amount_minor: what was booked as written off.
    """
    tell_managers(
        provider.pk,
        "error",
        f"{money_of(provider, amount_minor)} of payment {payment.pk} could not be taken back",
        "The bank took the payment back. What had been over of it was spent on what cannot be undone, or paid out; "
        "that part is written off.",
        PAYMENT,
        payment.pk,
    )


def tell_of_refused_key(gateway: Gateway, sentence: str) -> None:
    """That the processor does not take what it is asked as the connection is wrong, and that collecting pauses.

    sentence: what the processor says. Whoever has it unread already is not told again.
    """
    tell_managers(
        gateway.provider_id,
        "error",
        f"{gateway.get_kind_display()} refuses the connection",
        f"{sentence} No payment method is charged until that is put right under Settings > Billing > Payment gateway.",
        GATEWAY,
        gateway.pk,
        once=True,
    )


def tell_of_bounced_refund(transfer: RefundTransfer, kept_minor: int = 0) -> None:
    """That a bank did not take what was given back, so that it is Available Funds; whoever asked for it is told too.

    kept_minor: what of it is not, as it makes up for what was written off.
    """
    provider = transfer.refund.provider
    there = "It is Available Funds again; pay it out in another way if it should not stay there."
    if kept_minor:
        there = f"{money_of(provider, transfer.amount_minor - kept_minor)} of it is Available Funds again."
    tell_managers(
        provider.pk,
        "error",
        f"{money_of(provider, transfer.amount_minor)} given back has bounced",
        f"The bank of the customer did not take it. {there} {transfer.failure}".strip(),
        *((PAYMENT, transfer.payment_id) if transfer.payment_id else (CUSTOMER, transfer.customer_id)),
        besides=[transfer.refund.created_by_id],
    )


def tell_of_late_refund(transfer: RefundTransfer) -> None:
    """That a processor has given back what counted as failed, and that it cannot be booked as what it was asked for."""
    provider = transfer.refund.provider
    body = (
        "The processor says that it has made the refund after all. The money was used otherwise meanwhile, so that "
        "it is not booked: look at the payment, and at the difference of the clearing account."
    )
    if transfer.refund.purpose == RefundPurpose.PAY_OUT:
        body = f"The processor says that it has made the pay-out after all. {say_how_to_book_late(transfer)}"
    tell_managers(
        provider.pk,
        "error",
        f"{money_of(provider, transfer.amount_minor)} was given back after it had counted as failed",
        body,
        *((PAYMENT, transfer.payment_id) if transfer.payment_id else (CUSTOMER, transfer.customer_id)),
        besides=[transfer.refund.created_by_id],
        once=True,
        by_title=True,
    )


def tell_managers(
    provider_id: int,
    level: str,
    title: str,
    body: str,
    subject_type: str,
    subject_id: int,
    *,
    besides: Iterable[int | None] = (),
    once: bool = False,
    by_title: bool = False,
    fresh_for: timedelta | None = None,
) -> None:
    """Tells the managers, and those besides them; the last three as of `notify`. Demands a transaction."""
    notify(
        provider_id=provider_id,
        staff_ids=[*list_managers(provider_id), *(each for each in besides if each is not None)],
        level=level,
        title=title,
        body=body,
        subject_type=subject_type,
        subject_id=subject_id,
        once=once,
        by_title=by_title,
        fresh_for=fresh_for,
    )
