"""What follows from failed payments: an e-mail to each customer, and one notification for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from makegood.credits.limits import money_of
from makegood.emails.services.outbox import add_messages
from makegood.kit.transactions import demand_transaction
from makegood.notifications.services import notify
from makegood.payments.declines import NOT_THE_CUSTOMERS
from makegood.payments.failure_words import tell_staff_why
from makegood.payments.method_words import name_method_of
from makegood.payments.models import Payment
from makegood.payments.payment_emails import CAUSE, PAYMENT_FAILED_NAME
from makegood.payments.rules import Purpose, State
from makegood.payments.selectors_failed import count_failed
from makegood.payments.steps import say_steps
from makegood.payments.telling import FAILED_PAYMENTS, PAYMENT, tell_managers
from makegood.providers.models import Provider
from makegood.providers.selectors import list_managers

LONGEST_NAME = 120
"""So much of a customer's name stands in a title."""
FRESH_FOR = timedelta(hours=1)
"""So long a notification of failed payments that nobody has read is brought up to date where it stands: a batch
fails in parts. What fails later stands above all others, with its own time, and takes the place of the one before."""
RECIPIENTS = (
    "SELECT payment.customer_id, payment.id AS cause_id FROM payment"
    " WHERE payment.id = ANY(%(payments)s) AND payment.provider_id = %(of)s AND payment.state = 'failed'"
    " AND NOT payment.failure_code = ANY(%(untold)s)"
)


def tell_of_failures(provider: Provider, payment_ids: Sequence[int]) -> None:
    """Writes to the customers of payments that have just failed, and tells staff. Demands the transaction of that.

    To be called after the next tries are written down. Told twice of the same payment, it says nothing new. A constant
    number of queries: managers get one notification for all, and who has not read the last one has that brought up to
    date; whoever had a customer charged by hand is told of that payment.
    """
    demand_transaction()
    if not payment_ids:
        return
    add_messages(
        provider_id=provider.pk,
        template=PAYMENT_FAILED_NAME,
        cause_type=CAUSE,
        cause_id=None,
        recipients_sql=RECIPIENTS,
        parameters={"payments": list(payment_ids), "of": provider.pk, "untold": sorted(NOT_THE_CUSTOMERS)},
    )
    _tell_managers(provider, len(payment_ids))
    _tell_of_steps(provider, payment_ids)
    _tell_who_asked(provider, payment_ids)


def _tell_managers(provider: Provider, failed: int) -> None:
    count = count_failed(provider)
    total = max(count.payments, failed)
    title = "A failed payment is not paid yet" if total == 1 else f"{total:,} failed payments are not paid yet"
    again = f"Autopay tries {count.tried_again:,} again by itself; " if count.tried_again else ""
    left = f"{count.given_up:,} {'waits' if count.given_up == 1 else 'wait'} for a person."
    tell_managers(
        provider.pk,
        "warning",
        title,
        f"{failed:,} failed just now. {again}{left} The list says why each failed, and what can be done.",
        FAILED_PAYMENTS,
        provider.pk,
        once=True,
        fresh_for=FRESH_FOR,
    )


def _tell_of_steps(provider: Provider, payment_ids: Sequence[int]) -> None:
    """That autopay does not charge some for as long as their amounts are not in the steps of the processor."""
    failed = Payment.objects.select_related("gateway").filter(
        provider=provider, pk__in=payment_ids, state=State.FAILED, failure_code="amount_not_chargeable"
    )
    payments = list(failed.order_by("pk"))
    if not payments or (gateway := payments[0].gateway) is None:
        return
    many = len(payments)
    tell_managers(
        provider.pk,
        "error",
        f"{gateway.get_kind_display()} does not take the amount of {many:,} payment{'' if many == 1 else 's'}",
        f"{say_steps(provider, gateway)} Nothing was sent, the customers are not told, and autopay does not try these "
        "invoices again. They stand among the failed payments: credit what is over and charge them by hand, or have "
        "them paid in another way. With prices and tax in whole steps it does not come up again.",
        PAYMENT,
        payments[0].pk,
        once=True,
        by_title=True,
    )


def _tell_who_asked(provider: Provider, payment_ids: Sequence[int]) -> None:
    """One for each person, however many of their payments failed. Managers know it already."""
    asked = Payment.objects.select_related("provider", "customer", "payment_method").filter(
        provider=provider, pk__in=payment_ids, purpose=Purpose.CHARGE, state=State.FAILED, created_by__isnull=False
    )
    by_person: dict[int, list[Payment]] = defaultdict(list)
    for payment in asked.order_by("pk"):
        by_person[payment.created_by_id or 0].append(payment)
    managers = set(list_managers(provider.pk)) if by_person else set()
    for staff_id, payments in by_person.items():
        if staff_id in managers:
            continue
        first, is_one = payments[0], len(payments) == 1
        notify(
            provider_id=provider.pk,
            staff_ids=[staff_id],
            level="error",
            title=_name(first) if is_one else f"{len(payments):,} charges failed",
            body=_say_why(first) if is_one else "The list says why each failed.",
            subject_type=PAYMENT if is_one else FAILED_PAYMENTS,
            subject_id=first.pk if is_one else provider.pk,
        )


def _name(payment: Payment) -> str:
    amount = money_of(payment.provider, payment.amount_minor)
    return f"{amount} could not be charged to {payment.customer.name[:LONGEST_NAME]}"


def _say_why(payment: Payment) -> str:
    why = tell_staff_why(payment.failure_code, payment.failure)
    return f"Customer {payment.customer.number}, {name_method_of(payment)}: {why}"
