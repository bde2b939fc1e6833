"""What must hold in the ledger."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of the ledger; called when the application starts."""
    register(
        __package__,
        journal_balanced="Each journal entry has lines, and its debits equal its credits.",
        balance_for_each_customer="Each customer has one balance, which knows whether the customer is closed.",
        receivable_control="The receivable account equals the sum of the customers' receivables.",
    )
