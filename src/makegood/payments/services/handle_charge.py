"""What is done about an event that tells of a charge."""

from makegood.gateways.handlers import Done, NotYet
from makegood.gateways.interface import Charge, GatewayClient
from makegood.gateways.models import GatewayEvent
from makegood.gateways.rules import Standing
from makegood.kit.refusal import Refused
from makegood.payments.models import Payment
from makegood.payments.rules import IN_FLIGHT, State
from makegood.payments.selectors_events import find_payment_by_attempt, find_payment_by_reference
from makegood.payments.services.book_results import Answer, book_results


def handle_charge(event: GatewayEvent, client: GatewayClient) -> Done:
    """Books what the processor says now of the charge that the event is about. Asks it, then opens a transaction."""
    reference = event.charge or event.reference
    payment = find_payment_by_reference(event.gateway_id, reference)
    if payment is not None and payment.booked_on is not None:
        # What becomes of it now is told by events of their own.
        return Done(f"Payment {payment.pk} was booked already.")
    payment, charge = _ask(event.gateway_id, reference, client, payment)
    if payment is None or charge is None:
        return Done(_WHY[charge is None], ignored=True)
    return _say(book_charge(payment, charge), charge)


def find_booked_payment(gateway_id: int, reference: str, client: GatewayClient) -> Payment | None:
    """The payment that the processor calls so, booked; None if nothing here asked for it.

    Where it is not booked yet, the processor is asked, and what it says is booked first, in a transaction of its own.
    Raises NotYet for one of which nothing has come.
    """
    payment = find_payment_by_reference(gateway_id, reference)
    if payment is None or payment.booked_on is None:
        payment, charge = _ask(gateway_id, reference, client, payment)
        if payment is None:
            return None
        if charge is not None:
            payment = book_charge(payment, charge)
    if payment.booked_on is None:
        raise NotYet(f"Payment {payment.pk} is {payment.get_state_display().lower()}; nothing of it can come back yet.")
    return payment


def book_charge(payment: Payment, charge: Charge) -> Payment:
    """The payment after what the processor says of it is booked. Opens a transaction. Refused where it does not fit."""
    booked = book_results(provider=payment.provider, answers=[Answer(payment.pk, charge)])
    if payment.pk in booked.unusable:
        raise Refused(
            "answer_does_not_fit",
            f"What the processor says of payment {payment.pk} does not fit it, so nothing was booked.",
        )
    payment.refresh_from_db()
    return payment


_WHY = {
    True: "The processor does not know of such a charge.",
    False: "Makegood did not ask for this charge, so nothing is booked for it.",
}


def _ask(
    gateway_id: int, reference: str, client: GatewayClient, payment: Payment | None
) -> tuple[Payment | None, Charge | None]:
    charge = client.find_charge(reference)
    if payment is None and charge is not None:
        payment = find_payment_by_attempt(gateway_id, charge.key)
    return payment, charge


def _say(payment: Payment, charge: Charge) -> Done:
    if payment.booked_on is not None:
        return Done(f"Payment {payment.pk} has succeeded.")
    if payment.state == State.FAILED:
        return Done(f"Payment {payment.pk} has failed.")
    if charge.standing == Standing.PROCESSING and payment.state in IN_FLIGHT:
        return Done(f"Payment {payment.pk} is under way.")
    return Done(f"Payment {payment.pk} is {payment.get_state_display().lower()}.")
