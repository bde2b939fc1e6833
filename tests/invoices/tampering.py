"""What breaks the books of invoices and charges, as only the owner of the tables could."""

from collections.abc import Sequence

TAMPERING_WITH_INVOICES: dict[str, tuple[str, Sequence[str]]] = {
    "an invoice is said to be paid": (
        "UPDATE invoice SET paid_minor = total_minor, state = 'paid', settled_on = issued_on WHERE state = 'open'",
        ["invoice_parts", "receivable_is_entries"],
    ),
    "an entry is changed": (
        "UPDATE receivable_entry SET amount_minor = amount_minor + 1 WHERE type = 'issued'",
        ["invoice_parts", "receivable_is_entries", "receivable_journal"],
    ),
    "an entry is removed": (
        "DELETE FROM receivable_entry WHERE invoice_id = (SELECT min(invoice_id) FROM receivable_entry)",
        ["invoice_parts", "receivable_is_entries", "receivable_journal"],
    ),
    "an entry names another journal entry": (
        "UPDATE receivable_entry SET journal_entry_id = 0 WHERE number = 1",
        ["receivable_journal", "invoice_references"],
    ),
    "an entry is dated otherwise than the journal": (
        "UPDATE receivable_entry SET booked_on = booked_on - 1 WHERE number = 1",
        ["invoice_dates"],
    ),
    "a line is raised": (
        "UPDATE invoice_line SET net_minor = net_minor + 1, amount_minor = amount_minor + 1 WHERE kind = 'service'",
        ["invoice_totals", "invoice_journal"],
    ),
    "a line is removed": (
        "DELETE FROM invoice_line WHERE kind = 'charge'",
        ["invoice_totals", "invoice_journal", "charge_invoiced"],
    ),
    "a line names a GL code that does not exist": (
        "UPDATE invoice_line SET gl_code_id = 0 WHERE kind = 'service'",
        ["invoice_references", "invoice_journal"],
    ),
    "a line is for an order of somebody else": (
        "UPDATE invoice_line SET order_id = (SELECT max(id) FROM customer_order) WHERE kind = 'service'",
        ["invoice_references", "invoice_coverage"],
    ),
    "a tax is raised": (
        "UPDATE invoice_tax SET tax_minor = tax_minor + 1",
        ["invoice_totals", "invoice_journal"],
    ),
    "a tax is of another base": ("UPDATE invoice_tax SET net_minor = net_minor + 1", ["invoice_totals"]),
    "a day is billed twice": (
        "UPDATE invoice_line SET to_on = to_on + 1 WHERE kind = 'service' AND from_on = date '2026-01-01'",
        ["invoice_coverage", "invoice_dates"],
    ),
    "a number is left out": (
        "UPDATE invoice SET number = number + 1 WHERE number = (SELECT max(number) FROM invoice)",
        ["invoice_numbers"],
    ),
    "the counter goes on": ("UPDATE invoice_counter SET last_number = last_number + 1", ["invoice_numbers"]),
    "a receivable is forgiven": (
        "UPDATE customer_balance SET receivable_minor = 0",
        ["receivable_control", "receivable_is_entries"],
    ),
    "an invoice is given to somebody else": (
        "UPDATE invoice SET customer_id = (SELECT max(id) FROM customer) WHERE number = 1",
        ["invoice_references", "receivable_is_entries"],
    ),
    "a run says that it has issued more": (
        "UPDATE run SET total_minor = total_minor + 1, booked_minor = booked_minor + 1 WHERE kind = 'invoice'",
        ["invoice_run_proof"],
    ),
    "an issued row is said to be skipped": (
        """
        UPDATE run_row SET outcome = 'nothing_to_bill' WHERE run_id = (SELECT min(id) FROM run WHERE kind = 'invoice')
        """,
        ["invoice_run_proof"],
    ),
    "how far is billed names a price that does not exist": (
        "UPDATE order_billing SET price_id = 0",
        ["invoice_references"],
    ),
    "an account goes back to a period that is billed": (
        "UPDATE billing_account SET next_period_on = date '2026-01-01' WHERE next_period_on IS NOT NULL",
        ["next_periods"],
    ),
    "unused time was billed on an anniversary": (
        "UPDATE invoice SET cycle = 'anniversary' WHERE number = 2",
        ["unused_time"],
    ),
    "unused time was uncollectible before it came back": (
        """
        UPDATE invoice SET state = 'uncollectible', settled_on = issued_on, written_off_minor = total_minor
        WHERE number = 2
        """,
        ["unused_time"],
    ),
    "an account is removed": (
        "DELETE FROM billing_account WHERE customer_id = (SELECT max(id) FROM customer)",
        ["invoice_references"],
    ),
    "the billed lines of the journal move": (
        """
        UPDATE journal_line SET gl_code_id = (SELECT id FROM gl_code WHERE code = '4010')
        WHERE gl_code_id = (SELECT id FROM gl_code WHERE code = '4000')
        """,
        ["invoice_journal"],
    ),
    "a discount is booked on a GL code of services": (
        "UPDATE order_adjustment SET gl_code_id = (SELECT id FROM gl_code WHERE code = '4000')",
        ["adjustment_references"],
    ),
    "a charge is given to somebody who does not exist": ("UPDATE charge SET customer_id = 0", ["charge_references"]),
    "an invoice with a charge is void, and the charge is still invoiced": (
        """
        UPDATE invoice SET state = 'void', voided_minor = total_minor, settled_on = issued_on WHERE number = 1
        """,
        ["charge_invoiced"],
    ),
    "a late fee of a void invoice waits": (
        """
        WITH ended AS (
            UPDATE invoice SET state = 'void', voided_minor = total_minor, settled_on = issued_on WHERE number = 2
            RETURNING id
        )
        UPDATE charge SET state = 'waiting', late_fee_of_id = ended.id FROM ended
        WHERE charge.id = (SELECT min(id) FROM charge)
        """,
        ["charge_late_fees"],
    ),
    "a charge of a run is removed": ("DELETE FROM charge", ["charge_run_proof"]),
}
