"""Telling managers, and who asked, of refunds and pay-outs that do not come to an end as they should.

All demand the transaction of what they tell.
"""

from makegood.credits.limits import money_of
from makegood.payments.models import RefundTransfer
from makegood.payments.telling import CUSTOMER, PAYMENT, tell_managers


def tell_of_kept_pay_out(transfer: RefundTransfer, kept_minor: int) -> None:
    """That funds which could not be paid out make up for what a bank took of their payment; so much, in minor units."""
    _tell(
        transfer,
        "warning",
        f"{_money(transfer, kept_minor)} of a failed pay-out is kept",
        "While it was on its way the bank took back the payment that it came from, and that was written off. What did "
        "not leave makes up for it, and is not Available Funds again.",
    )


def tell_of_late_pay_out(transfer: RefundTransfer, failed: int) -> None:
    """That a pay-out which counted as failed was made after all, and is booked. failed: its number."""
    _tell(
        transfer,
        "warning",
        f"{_money(transfer, transfer.amount_minor)} was paid out after it had counted as failed",
        f"The processor says that it has made pay-out {failed} after all. It is booked as pay-out "
        f"{transfer.refund_id}: the customer's Available Funds are less by it. Look whether it was paid out in another "
        "way meanwhile.",
    )


def tell_of_unknown_refund(transfer: RefundTransfer) -> None:
    """That nobody knows since a day whether something went back."""
    _tell(
        transfer,
        "error",
        f"Nobody knows whether {_money(transfer, transfer.amount_minor)} went back",
        "The processor was asked for more than a day, and is asked again every hour. Meanwhile nothing else is done "
        "with the invoice. Look there, and settle it by hand if it does not answer any more.",
        once=True,
    )


def tell_of_refund_that_does_not_fit(transfer: RefundTransfer) -> None:
    """That what the processor says of a part of a refund cannot be booked, however often it is asked."""
    _tell(
        transfer,
        "error",
        f"What the processor says of a refund of {_money(transfer, transfer.amount_minor)} cannot be booked",
        "It does not fit what was asked for: another amount, or another refund. Compare it with what stands there, and "
        "settle it by hand.",
        once=True,
    )


def _tell(transfer: RefundTransfer, level: str, title: str, body: str, *, once: bool = False) -> None:
    subject = (PAYMENT, transfer.payment_id) if transfer.payment_id else (CUSTOMER, transfer.customer_id)
    asked = transfer.refund.created_by_id
    tell_managers(transfer.provider_id, level, title, body, *subject, besides=[asked], once=once, by_title=once)


def _money(transfer: RefundTransfer, minor: int) -> str:
    return money_of(transfer.refund.provider, minor)
