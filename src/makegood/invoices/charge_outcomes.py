"""What can become of a row of a charge run or of a cancellation, besides what can of every run."""

from makegood.runs.outcomes import Category, Outcome, register

CHARGED = Outcome("charged", Category.DONE, "The charge waits for the customer's next invoice.")
CANCELLED = Outcome("cancelled", Category.DONE, "The charge is cancelled and will not be billed.")
ALREADY_INVOICED = Outcome(
    "already_invoiced", Category.SKIPPED, "The charge has been invoiced, so it cannot be cancelled any more."
)
ALREADY_CANCELLED = Outcome("already_cancelled", Category.SKIPPED, "The charge was cancelled before.")


def register_charge_outcomes() -> None:
    """Adds them to the closed list; called when the application starts."""
    register(ALREADY_INVOICED, ALREADY_CANCELLED, CHARGED, CANCELLED)
