"""What can become of a row of a credit run or of a take-back, in order of precedence."""

from makegood.runs.outcomes import Category, Outcome, register

CREDITED = Outcome(
    "credited", Category.DONE, "The credit is on the customer's account and part of the Available Funds."
)
TAKEN_BACK = Outcome(
    "taken_back", Category.DONE, "What was left of the credit has been taken back from the Available Funds."
)
ALREADY_TAKEN_BACK = Outcome(
    "already_taken_back", Category.SKIPPED, "The credit was taken back before; nothing of it is left."
)
CHANGED_BY_HAND = Outcome(
    "changed_by_hand", Category.SKIPPED, "The amount of the credit was changed by hand, so it is left alone."
)
ALREADY_USED = Outcome("already_used", Category.SKIPPED, "The credit has been used; nothing of it is left.")
ALREADY_EXPIRED = Outcome("already_expired", Category.SKIPPED, "The credit has expired; nothing of it is left.")
OVER_FUNDS_LIMIT = Outcome(
    "over_funds_limit",
    Category.FAILED,
    "The customer would have more Available Funds than the provider allows for one customer.",
)


def register_outcomes() -> None:
    """Adds them to the closed list; called when the application starts."""
    register(
        ALREADY_TAKEN_BACK,
        CHANGED_BY_HAND,
        ALREADY_USED,
        ALREADY_EXPIRED,
        OVER_FUNDS_LIMIT,
        CREDITED,
        TAKEN_BACK,
    )
