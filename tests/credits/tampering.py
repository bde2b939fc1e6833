"""What breaks the uses of credits, as only the owner of the tables could; for `test_verify`."""

from collections.abc import Sequence

TAMPERING_WITH_USES: dict[str, tuple[str, Sequence[str]]] = {
    "a use is raised": ("UPDATE credit_use SET amount_minor = amount_minor + 1", ["uses"]),
    "a use is removed": ("DELETE FROM credit_use", ["uses"]),
    "a use says that something came back": ("UPDATE credit_use SET returned_minor = 1", ["uses"]),
    "a use names another credit": ("UPDATE credit_use SET credit_id = 0", ["uses", "use_references"]),
    "a use names another customer": ("UPDATE credit_use SET customer_id = 0", ["use_references"]),
    "a use is dated otherwise than its journal entry": (
        "UPDATE credit_use SET used_on = used_on + 1",
        ["use_references"],
    ),
    "a credit comes from an invoice that gave nothing": (
        "UPDATE credit SET from_invoice_id = (SELECT min(id) FROM invoice) WHERE id = (SELECT min(id) FROM credit)",
        ["use_references"],
    ),
    "a credit is said to have come back of an invoice": (
        """
        INSERT INTO given_back (credit_id, invoice_id, provider_id, amount_minor)
        SELECT credit_id, invoice_id, provider_id, amount_minor FROM credit_use
        """,
        ["given_back"],
    ),
    "a use concerns a day before its credit": (
        """
        WITH moved AS (UPDATE journal_entry SET effective_on = '2020-01-01' WHERE event = 'funds_used')
        UPDATE credit_entry SET effective_on = '2020-01-01' WHERE type = 'used'
        """,
        ["booking_dates"],
    ),
}
