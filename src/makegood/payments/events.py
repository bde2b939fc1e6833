"""What payments do about what processors send by themselves."""

from makegood.gateways.handlers import register_compare, register_failure, register_handler
from makegood.gateways.rules import EventAbout
from makegood.payments.services.handle_charge import handle_charge
from makegood.payments.services.handle_dispute import handle_dispute
from makegood.payments.services.handle_method import handle_method
from makegood.payments.services.handle_refund import handle_refund
from makegood.payments.services.note_differences import note_differences
from makegood.payments.telling_events import tell_of_failed_event


def register_event_handlers() -> None:
    """Has what is about charges, refunds, disputes and methods handled, and balances compared; called at the start."""
    register_handler(EventAbout.CHARGE, handle_charge)
    register_handler(EventAbout.REFUND, handle_refund)
    register_handler(EventAbout.DISPUTE, handle_dispute)
    register_handler(EventAbout.METHOD, handle_method)
    register_failure(tell_of_failed_event)
    register_compare(note_differences)
