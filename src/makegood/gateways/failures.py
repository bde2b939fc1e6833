"""Why a processor does not charge or give back, and why a bank takes back, in plain words for staff. Pure."""

_WORDS = {
    "account_closed": "The account is closed.",
    "amount_too_large": "The amount is more than the bank allows.",
    "authentication_required": "The bank wants its customer to confirm the payment.",
    "bank_account_restricted": "The bank does not allow debits from this account.",
    "card_declined": "The bank declined the charge and does not say why.",
    "card_not_supported": "The card cannot be used for this kind of payment.",
    "currency_not_supported": "The card cannot be used in this currency.",
    "debit_not_authorized": "The account's owner did not allow the debit.",
    "do_not_honor": "The bank declined the charge and does not say why.",
    "expired_card": "The card has expired.",
    "expired_or_canceled_card": "The card has expired or was canceled.",
    "fraudulent": "The processor takes the charge for fraud.",
    "generic_decline": "The bank declined the charge and does not say why.",
    "incorrect_cvc": "The card's security code is wrong.",
    "incorrect_number": "The card's number is wrong.",
    "insufficient_funds": "There is not enough money on the account.",
    "invalid_account": "The account does not exist or cannot be debited.",
    "lost_card": "The card was reported lost.",
    "lost_or_stolen_card": "The card was reported lost or stolen.",
    "no_account": "There is no such account.",
    "pickup_card": "The bank has blocked the card.",
    "processing_error": "The processor had an error while it charged.",
    "restricted_card": "The bank has blocked the card.",
    "stolen_card": "The card was reported stolen.",
    "try_again_later": "The bank could not answer just now.",
    "withdrawal_count_limit_exceeded": "The card's limit is reached.",
}


def say_failure(code: str, said: str = "") -> str:
    """A sentence for the processor's word; for one that is not known, what the processor says itself."""
    return _WORDS.get(code) or said or "The processor did not carry it out and does not say why."


_DISPUTES = {
    "bank_cannot_process": "The bank cannot process the debit.",
    "check_returned": "The check was returned.",
    "credit_not_processed": "The customer says that a refund was promised and has not come.",
    "customer_initiated": "The customer had the bank take it back.",
    "debit_not_authorized": "The account's owner says that the debit was not allowed.",
    "duplicate": "The customer says that it was charged twice.",
    "fraudulent": "The customer says that somebody else charged it.",
    "general": "The bank gives no particular reason.",
    "incorrect_account_details": "The details of the account are wrong.",
    "insufficient_funds": "There is not enough money on the account.",
    "noncompliant": "The bank says that the rules of the card's network were not kept.",
    "product_not_received": "The customer says that what was paid for has not come.",
    "product_unacceptable": "The customer says that what was paid for is not as it was described.",
    "subscription_canceled": "The customer says that the subscription was canceled.",
    "unrecognized": "The customer does not recognize the charge.",
}


def say_dispute(reason: str) -> str:
    """A sentence for the processor's word; one that is not known is said as it is, without its underscores."""
    if not reason:
        return "The bank does not say why."
    return _DISPUTES.get(reason) or f"{reason.replace('_', ' ').strip().capitalize()}."
