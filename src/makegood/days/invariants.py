"""What must hold for days."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of days; called when the application starts."""
    register(
        __package__,
        days_in_order="Each provider's days follow each other without a gap, and each was finished before the next.",
    )
