"""What must hold for orders."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of orders; called when the application starts."""
    register(
        __package__,
        customer_figures="The figures that lists sort by are what the orders say.",
        order_price="Each order's monthly price is the newest of its recorded prices that has begun.",
        order_pauses="Each order that a person suspended has a pause that lasts, and no order that goes on has one.",
    )
