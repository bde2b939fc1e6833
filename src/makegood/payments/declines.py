"""Which failures of a charge are final. Pure: no database, no clock."""

FINAL_DECLINES = frozenset(
    {
        "account_closed",
        "amount_not_chargeable",
        "amount_too_large",
        "amount_too_small",
        "authorization_revoked",
        "bank_account_closed",
        "bank_account_unusable",
        "bank_ownership_changed",
        "currency_not_supported",
        "card_not_supported",
        "debit_not_authorized",
        "fraudulent",
        "incorrect_number",
        "invalid_account",
        "invalid_account_number",
        "invalid_number",
        "lost_card",
        "no_account",
        "pickup_card",
        "resource_missing",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
    }
)
"""Processors' words for what no later try changes: the card or account is gone, or may not be charged; or the amount
is one that no processor takes."""

NOT_THE_CUSTOMERS = frozenset({"amount_not_chargeable", "amount_too_large", "amount_too_small"})
"""Failures of which customers are not told: they can do nothing about them."""


def is_final(code: str) -> bool:
    """Whether a charge that failed for this reason is not tried again with the same method."""
    return code in FINAL_DECLINES
