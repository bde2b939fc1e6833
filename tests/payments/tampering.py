"""What breaks payments, as only the owner of the tables could; for `test_verify`."""

from collections.abc import Sequence

TAMPERING_WITH_PAYMENTS: dict[str, tuple[str, Sequence[str]]] = {
    "a payment is raised": (
        "UPDATE payment SET amount_minor = amount_minor + 1 WHERE state = 'succeeded'",
        ["payment_bookings", "payment_funds"],
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
        ["payment_bookings", "payment_funds"],
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
