"""What must hold for payments and what they pay."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of payments; called when the application starts."""
    register(
        __package__,
        payment_allocations="Each payment says what of it pays invoices, and each invoice what payments pay of it.",
        payment_entries="The receivable moved by payments is what their allocations say, invoice by invoice.",
        payment_bookings="Each payment and each reversal has the journal entry that it says.",
        payment_funds="What was over of each payment is a credit of its customer, taken back with the payment.",
        payment_references="Payments, their invoices and their credits belong to the same customer.",
    )
