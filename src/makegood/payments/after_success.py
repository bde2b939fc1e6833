"""What follows from payments that were charged: a receipt to each customer."""

from collections.abc import Sequence

from makegood.emails.services.outbox import add_messages
from makegood.kit.transactions import demand_transaction
from makegood.payments.payment_emails import CAUSE, PAYMENT_RECEIVED_NAME
from makegood.providers.models import Provider

RECIPIENTS = (
    "SELECT payment.customer_id, payment.id AS cause_id FROM payment"
    " WHERE payment.id = ANY(%(payments)s) AND payment.provider_id = %(of)s AND payment.state = 'succeeded'"
)


def tell_of_receipts(provider: Provider, payment_ids: Sequence[int]) -> None:
    """Writes to the customers of payments that have just been booked. Demands the transaction of that; two queries."""
    demand_transaction()
    if not payment_ids:
        return
    add_messages(
        provider_id=provider.pk,
        template=PAYMENT_RECEIVED_NAME,
        cause_type=CAUSE,
        cause_id=None,
        recipients_sql=RECIPIENTS,
        parameters={"payments": list(payment_ids), "of": provider.pk},
    )
