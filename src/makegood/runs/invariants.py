"""What must hold for runs, whatever they carry out."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of runs; called when the application starts."""
    register(
        __package__,
        row_references="Rows of runs name only records that exist and belong to the same customer.",
    )
