"""What is done about an event that tells of a refund."""

from makegood.gateways.handlers import Done
from makegood.gateways.interface import GatewayClient, Refund
from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import Standing
from makegood.kit.transactions import opens_transaction
from makegood.payments.rules import TransferState
from makegood.payments.selectors_events import find_payment_by_reference, find_transfer
from makegood.payments.services.book_transfer import book_transfer
from makegood.payments.telling_events import tell_of_foreign_refund

NOT_OURS = (
    "This refund was not asked for here, so nothing is booked for it. Somebody made it at the processor: the "
    "reconciliation shows it. Refunds are made here, on the invoice."
)


def handle_refund(event: GatewayEvent, client: GatewayClient) -> Done:
    """Books what the processor says now of the refund that the event is about. Asks it, then opens a transaction.

    Managers are told of one that was made there of a payment of ours, with its first event.
    """
    refund = client.find_refund(event.reference)
    if refund is None:
        return Done("The processor does not know of such a refund.", ignored=True)
    transfer = find_transfer(event.gateway_id, refund.reference, refund.key)
    if transfer is None:
        _tell(event, refund)
        return Done(NOT_OURS, ignored=True)
    book_transfer(provider=transfer.provider, transfer_id=transfer.pk, refund=refund)
    transfer.refresh_from_db()
    became = _BOUNCED if transfer.bounced_at else _BECAME.get(TransferState(transfer.state), "is on its way")
    return Done(f"A part of refund {transfer.refund_id} {became}.")


_BOUNCED = "was sent back by the bank"
_BECAME = {TransferState.SUCCEEDED: "was given back", TransferState.FAILED: "failed"}


def _tell(event: GatewayEvent, refund: Refund) -> None:
    payment = find_payment_by_reference(event.gateway_id, refund.charge)
    earlier = GatewayEvent.objects.filter(gateway_id=event.gateway_id, reference=event.reference, outcome=NOT_OURS)
    if payment is None or refund.standing == Standing.FAILED or earlier.exclude(pk=event.pk).exists():
        return
    with opens_transaction():
        tell_of_foreign_refund(payment, refund)
