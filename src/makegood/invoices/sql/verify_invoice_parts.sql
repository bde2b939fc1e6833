-- Invoices whose parts are not the sums of their entries, and entries of what was never issued.
-- Parameters: none.
-- Index: none; reads invoices and entries once.
WITH entries AS (
    SELECT
        invoice_id,
        coalesce(sum(amount_minor) FILTER (WHERE type = 'issued'), 0) AS issued,
        coalesce(-sum(amount_minor) FILTER (WHERE type IN ('used', 'returned')), 0) AS used,
        coalesce(-sum(amount_minor) FILTER (WHERE type IN ('paid', 'unpaid')), 0) AS paid,
        coalesce(-sum(amount_minor) FILTER (WHERE type = 'written_off'), 0) AS written_off,
        coalesce(-sum(amount_minor) FILTER (WHERE type = 'voided'), 0) AS voided,
        coalesce(sum(amount_minor) FILTER (WHERE type = 'to_funds'), 0) AS to_funds
    FROM receivable_entry
    GROUP BY invoice_id
)
SELECT coalesce(invoice.id, entries.invoice_id) AS invoice, invoice.state, invoice.due_minor, entries.issued
FROM invoice
FULL JOIN entries ON entries.invoice_id = invoice.id
WHERE invoice.id IS NULL
    OR (invoice.number IS NULL AND entries.invoice_id IS NOT NULL)
    OR (
        invoice.number IS NOT NULL
        AND (
            invoice.total_minor, invoice.used_minor, invoice.paid_minor, invoice.written_off_minor, invoice.voided_minor,
            invoice.to_funds_minor
        ) IS DISTINCT FROM (
            coalesce(entries.issued, 0), coalesce(entries.used, 0), coalesce(entries.paid, 0),
            coalesce(entries.written_off, 0), coalesce(entries.voided, 0), coalesce(entries.to_funds, 0)
        )
    )
