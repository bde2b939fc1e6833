"""What breaks payments, as only the owner of the tables could; for `test_verify`."""

from collections.abc import Sequence

TAMPERING_WITH_PAYMENTS: dict[str, tuple[str, Sequence[str]]] = {
    "a payment is raised": (
        "UPDATE payment SET amount_minor = amount_minor + 1 WHERE state = 'succeeded'",
        ["payment_bookings"],
    ),
    "a payment says that it paid more": (
        "UPDATE payment SET allocated_minor = allocated_minor + 1 WHERE allocated_minor > 0",
        ["payment_allocations"],
    ),
    "an allocation is removed": (
        "DELETE FROM payment_allocation WHERE number = 2",
        ["payment_allocations", "payment_entries"],
    ),
    "an allocation goes to another invoice": (
        "UPDATE payment_allocation SET invoice_id = (SELECT max(id) FROM invoice) WHERE number = 1",
        ["payment_allocations", "payment_entries", "payment_references"],
    ),
    "an allocation is skipped in counting": (
        "UPDATE payment_allocation SET number = number + 100",
        ["payment_allocations"],
    ),
    "an invoice is paid by nobody": (
        "UPDATE invoice SET paid_minor = paid_minor + 1 WHERE paid_minor > 0",
        ["payment_allocations"],
    ),
    "an entry of a payment is removed": ("DELETE FROM receivable_entry WHERE type = 'paid'", ["payment_entries"]),
    "an entry names another payment": (
        "UPDATE receivable_entry SET cause_id = cause_id + 100 WHERE type = 'unpaid'",
        ["payment_entries"],
    ),
    "a payment is dated otherwise than the journal": (
        "UPDATE payment SET booked_on = booked_on - 1",
        ["payment_bookings"],
    ),
    "a payment names another journal entry": (
        "UPDATE payment SET journal_entry_id = reversal_journal_entry_id WHERE state = 'reversed'",
        ["payment_bookings"],
    ),
    "a reversal is forgotten": (
        """
        UPDATE payment
        SET state = 'succeeded', reversed_on = NULL, reversed_at = NULL, reversal_journal_entry_id = NULL
        WHERE state = 'reversed'
        """,
        ["payment_bookings"],
    ),
    "a payment is on another cash code": (
        "UPDATE payment SET gl_code_id = (SELECT min(id) FROM gl_code WHERE type = 'credit')",
        ["payment_bookings", "payment_funds", "payment_references"],
    ),
    "an overpayment is forgotten": ("UPDATE payment SET overpayment_credit_id = NULL", ["payment_funds"]),
    "an overpayment is another customer's": (
        "UPDATE credit SET customer_id = 0 WHERE kind = 'overpayment'",
        ["payment_references"],
    ),
    "an overpayment is called goodwill": ("UPDATE credit SET kind = 'goodwill'", ["payment_funds"]),
    "a payment is another customer's": ("UPDATE payment SET customer_id = 0", ["payment_references"]),
}

TAMPERING_WITH_CLAIMS: dict[str, str] = {
    "more is in flight than is claimed": """
        UPDATE invoice SET in_flight_minor = in_flight_minor + 1 WHERE in_flight_minor > 0
        """,
    "nothing is in flight any more": "UPDATE invoice SET in_flight_minor = 0",
    "something is in flight that nobody claims": "UPDATE invoice SET in_flight_minor = 1 WHERE state = 'paid'",
    "a claim is closed although its payment is on its way": "UPDATE payment_claim SET open = false WHERE open",
    "a claim of a payment is closed and another is not": """
        UPDATE payment_claim SET open = false WHERE invoice_id = (SELECT max(invoice_id) FROM payment_claim WHERE open)
        """,
    "a claim stays open after its payment": """
        UPDATE payment_claim SET open = true WHERE payment_id = (SELECT id FROM payment WHERE state = 'failed')
        """,
    "a claim is raised": "UPDATE payment_claim SET amount_minor = amount_minor + 1 WHERE NOT open",
    "a claim is removed": "DELETE FROM payment_claim WHERE NOT open",
    "a claim names a payment that is not there": "UPDATE payment_claim SET payment_id = 0 WHERE open",
    "a claim names another invoice": "UPDATE payment_claim SET invoice_id = invoice_id - 1 WHERE open",
    "a payment ends without its claims": """
        UPDATE payment SET state = 'failed', settled_at = created_at, next_check_at = NULL WHERE state = 'submitted'
        """,
}
"""What breaks what is in flight; each is found by `payment_claims`."""
