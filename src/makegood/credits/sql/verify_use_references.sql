-- Uses that name a credit, an invoice or a journal entry that does not exist or is another customer's, and credits that come
-- from an invoice that gave something else: what foreign keys would hold elsewhere.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT 'credit_use' AS record, credit_use.id
FROM credit_use
LEFT JOIN credit
    ON credit.id = credit_use.credit_id
    AND credit.customer_id = credit_use.customer_id
    AND credit.provider_id = credit_use.provider_id
LEFT JOIN invoice
    ON invoice.id = credit_use.invoice_id
    AND invoice.customer_id = credit_use.customer_id
    AND invoice.provider_id = credit_use.provider_id
LEFT JOIN journal_entry
    ON journal_entry.id = credit_use.journal_entry_id
    AND journal_entry.provider_id = credit_use.provider_id
    AND journal_entry.booked_on = credit_use.used_on
LEFT JOIN staff ON staff.id = credit_use.created_by_id
WHERE credit.id IS NULL
    OR invoice.id IS NULL
    OR journal_entry.id IS NULL
    OR (credit_use.created_by_id IS NOT NULL AND staff.id IS NULL)
UNION ALL
SELECT 'invoice', invoice.id
FROM invoice
FULL JOIN (
    SELECT from_invoice_id, customer_id, sum(issued_minor) AS issued_minor
    FROM credit
    WHERE from_invoice_id IS NOT NULL
    GROUP BY from_invoice_id, customer_id
) AS given
    ON given.from_invoice_id = invoice.id AND given.customer_id = invoice.customer_id
WHERE (invoice.to_funds_minor > 0 OR given.from_invoice_id IS NOT NULL)
    AND invoice.to_funds_minor IS DISTINCT FROM given.issued_minor
