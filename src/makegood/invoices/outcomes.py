"""What can become of a row of an invoice run, in order of precedence. (Further ones: `makegood.runs.outcomes`.)"""

from makegood.runs.outcomes import Category, Outcome, register

INVOICED = Outcome("invoiced", Category.DONE, "The invoice is issued, and what it comes to is due.")
ALREADY_BILLED = Outcome(
    "already_billed", Category.SKIPPED, "The customer's period is billed already, or there is a draft of it."
)
NOTHING_TO_BILL = Outcome(
    "nothing_to_bill", Category.SKIPPED, "The customer has nothing that could be billed, and nothing to be settled."
)
DRAFT_DISCARDED = Outcome(
    "draft_discarded", Category.SKIPPED, "The draft of the invoice was discarded before the issue."
)
CHANGED_SINCE_DRAFT = Outcome(
    "changed_since_draft",
    Category.SKIPPED,
    "An order, a price, a charge or the customer's billing has changed since the draft; the next run bills it anew.",
)


def register_outcomes() -> None:
    """Adds them to the closed list; called when the application starts."""
    register(ALREADY_BILLED, NOTHING_TO_BILL, DRAFT_DISCARDED, CHANGED_SINCE_DRAFT, INVOICED)
