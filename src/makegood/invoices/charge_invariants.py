"""What must hold for charges and for discounts and surcharges on orders."""

from makegood.kit.invariants import register


def register_charge_invariants() -> None:
    """Adds the invariants of charges; called when the application starts."""
    register(
        __package__,
        charge_references="Charges name only records that exist and belong to the same customer.",
        charge_invoiced="Invoiced charges stand on one issued invoice that is not void; no others do.",
        charge_late_fees="No late fee of a void invoice waits for the next one.",
        charge_run_proof="The proof line of each charge run and cancellation is what its rows and charges say.",
        adjustment_references="Discounts and surcharges name an order of their customer and a GL code that fits.",
    )
