"""What was charged, or how money came by hand, in words. Asks the database nothing of a payment with its method."""

from makegood.payments.models import Payment


def name_method_of(payment: Payment) -> str:
    """Such as ``Visa ending 4242``, or ``Cash``."""
    return str(payment.payment_method or payment.get_method_display())
