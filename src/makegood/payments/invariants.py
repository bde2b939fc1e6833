"""What must hold for payments and what they pay."""

from makegood.kit.invariants import register


def register_invariants() -> None:
    """Adds the invariants of payments; called when the application starts."""
    register(
        __package__,
        payment_allocations="Each payment says what of it pays invoices, and each invoice what payments pay of it.",
        payment_entries="The receivable moved by payments is what their allocations say, invoice by invoice.",
        payment_bookings="Each payment and each reversal has the journal entry that it says.",
        payment_claims="What is in flight of invoices is what payments under way claim, and each claims all it is.",
        payment_disputes="What is returned or lost of each payment is what its disputes took, and its state says so.",
        payment_funds="What was over of each payment is a credit of its customer, taken back with the payment.",
        payment_references="Payments, their invoices and their credits belong to the same customer.",
        refunds="Each refund is the sum of its parts, stands where they stand, and settles what went back.",
        refund_payments="Each payment says what of it went back, or is on its way, as the parts of refunds do.",
        refund_bookings="What went back, and what bounced, has the journal entry and the movement that it says.",
        refund_references="Refunds name only records of the same customer, and GL codes that fit.",
        pay_outs="Credits say of what was paid out what the pay-outs gave, and only paid money was.",
    )
