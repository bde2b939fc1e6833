"""What must hold for charges and for discounts and surcharges on orders."""

from makegood.kit.invariants import register


def register_charge_invariants() -> None:
    """Adds the invariants of charges; called when the application starts."""
    register(
        __package__,
        charge_references="Charges name only records that exist and belong to the same customer.",
        charge_invoiced="Invoiced charges stand on an issued invoice, on one at most that is not void; no others do.",
        charge_run_proof="The proof line of each charge run and cancellation is what its rows and charges say.",
        adjustment_references="Discounts and surcharges name an order of their customer and a GL code that fits.",
    )
