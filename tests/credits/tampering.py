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
}
