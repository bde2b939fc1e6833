"""Why a payment failed, in words for staff and in words for the customer. Pure: no database, no clock.

Customers are never told that a card counts as lost or stolen: whoever holds it may not be its owner.
"""

from dataclasses import dataclass

NEVER_ARRIVED, NEVER_ANSWERED = "never_arrived", "never_answered"
"""Our words for payments that count as failed although no processor said so; it can come out that they were made."""
MADE_LATE = "made_late"
"""Our word for a part of a pay-out that had failed and was made after all; it is booked as a pay-out of its own."""
WITHDRAWN = "withdrawn"
"""Our word for one that a person withdrew before it was submitted."""


@dataclass(frozen=True)
class Why:
    """The same reason twice, as a clause without a full stop. customer: goes on after “because”."""

    staff: str
    customer: str


_FUNDS = Why("The account does not hold enough money", "there was not enough money in the account")
_EXPIRED = Why("The card has expired", "the card has expired")
_BANK_SAYS_NO = Why("The bank did not allow it and does not say why", "the bank did not allow it")
_NEVER = Why("The bank does not allow payments with this card any more", "the bank did not allow it")
_WRONG = Why("A detail of the card is wrong", "a detail of the card is not right any more")
_LIMIT = Why("The limit of the card is reached", "the limit of the card is reached")
_OWNER = Why("The bank wants the owner of the card to confirm it", "the bank wants you to confirm the payment")
_CLOSED = Why("The account is closed", "the account is closed")
_NO_ACCOUNT = Why("There is no such account", "the account could not be found")
_NO_MANDATE = Why("The owner of the account has not allowed the debit", "the debit of the account is not allowed")
_DISPUTED = Why("The owner of the account had the debit stopped", "the debit of the account was stopped")
_GONE = Why("The processor does not know the payment method any more", "the payment method is not there any more")
_AT_THE_BANK = Why("The bank could not be reached or had an error", "the bank could not be reached")
_NEVER_ARRIVED = Why("The processor never received it, so no money moved", "it could not be carried out")
_NEVER_ANSWERED = Why(
    "The processor that was asked answers nobody any more; it counts as not charged until somebody knows better",
    "it could not be carried out",
)
_WITHDRAWN = Why("Somebody withdrew it before it was submitted", "it was withdrawn")
_GATEWAY_GONE = Why("The payment gateway is not in use any more; it was not submitted", "it could not be carried out")
_AUTOPAY_OFF = Why(
    "The customer has autopay or automatic billing disabled by now; it was not submitted", "it was withdrawn"
)
_HELD = Why(
    "Autopay does not charge this payment method any more after a dispute; it was not submitted", _AUTOPAY_OFF.customer
)
_MADE_LATE = Why("It was made after all, and is booked as a pay-out of its own", "it could not be carried out")
_AMOUNT = Why("The processor does not take such an amount", "it could not be carried out")
_NOT_IN_STEPS = Why(
    "The processor moves this currency in larger steps only, so nothing was sent: credit what is over, or have it paid "
    "in another way",
    _AMOUNT.customer,
)
_UNKNOWN = Why("The processor did not accept it", "it could not be carried out")

_WHY = {
    "insufficient_funds": _FUNDS,
    "expired_card": _EXPIRED,
    "card_declined": _BANK_SAYS_NO,
    "generic_decline": _BANK_SAYS_NO,
    "do_not_honor": _BANK_SAYS_NO,
    "call_issuer": _BANK_SAYS_NO,
    "transaction_not_allowed": _BANK_SAYS_NO,
    "fraudulent": Why("The bank takes it for fraud", _BANK_SAYS_NO.customer),
    "lost_card": Why("The card is reported as lost", _BANK_SAYS_NO.customer),
    "stolen_card": Why("The card is reported as stolen", _BANK_SAYS_NO.customer),
    "pickup_card": _NEVER,
    "restricted_card": _NEVER,
    "revocation_of_authorization": _NEVER,
    "revocation_of_all_authorizations": _NEVER,
    "stop_payment_order": _NEVER,
    "incorrect_number": _WRONG,
    "invalid_number": _WRONG,
    "invalid_account": _NO_ACCOUNT,
    "incorrect_cvc": _WRONG,
    "invalid_cvc": _WRONG,
    "invalid_expiry_month": _WRONG,
    "invalid_expiry_year": _WRONG,
    "card_velocity_exceeded": _LIMIT,
    "withdrawal_count_limit_exceeded": _LIMIT,
    "authentication_required": _OWNER,
    "account_closed": _CLOSED,
    "bank_account_closed": _CLOSED,
    "no_account": _NO_ACCOUNT,
    "debit_not_authorized": _NO_MANDATE,
    "payment_method_mandate_invalid": _NO_MANDATE,
    "customer_initiated": _DISPUTED,
    "payment_stopped": _DISPUTED,
    "payment_method_gone": _GONE,
    "resource_missing": _GONE,
    "processing_error": _AT_THE_BANK,
    "issuer_not_available": _AT_THE_BANK,
    "bank_ownership_changed": _NO_ACCOUNT,
    NEVER_ARRIVED: _NEVER_ARRIVED,
    NEVER_ANSWERED: _NEVER_ANSWERED,
    MADE_LATE: _MADE_LATE,
    WITHDRAWN: _WITHDRAWN,
    "gateway_gone": _GATEWAY_GONE,
    "autopay_off": _AUTOPAY_OFF,
    "method_held": _HELD,
    "amount_not_chargeable": _NOT_IN_STEPS,
    "amount_too_large": _AMOUNT,
    "amount_too_small": _AMOUNT,
}


def tell_staff_why(code: str, said: str = "") -> str:
    """A sentence for staff. code: the processor's word; said: its own words, for a code that is not known here."""
    known = _WHY.get(code)
    if known is None and said.strip():
        said = said.strip()
        return said if said.endswith((".", "!", "?")) else f"{said}."
    return f"{(known or _UNKNOWN).staff}."


def tell_customer_why(code: str) -> str:
    """What goes on after “because”, for a code of the processor."""
    return _WHY.get(code, _UNKNOWN).customer
