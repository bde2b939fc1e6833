-- Overpayments from invoices that do not say what of them had been paid of which invoice, and invoices of which more has come
-- back as paid money than payments and paid funds have ever paid of them.
-- Parameters: none.
-- Index: none; reads what was given back, and its credits and invoices.
SELECT
    'credit' AS record,
    coalesce(credit.id, given.credit_id) AS id,
    credit.issued_minor AS amount_minor,
    given.amount_minor AS given_back_minor
FROM (SELECT * FROM credit WHERE from_invoice_id IS NOT NULL AND kind = 'overpayment') AS credit
FULL JOIN (
    SELECT credit_id, sum(amount_minor) AS amount_minor FROM given_back GROUP BY credit_id
) AS given
    ON given.credit_id = credit.id
WHERE credit.issued_minor IS DISTINCT FROM given.amount_minor
UNION ALL
SELECT 'invoice', given.invoice_id, paid.amount_minor, given.amount_minor
FROM (SELECT invoice_id, sum(amount_minor) AS amount_minor FROM given_back GROUP BY invoice_id) AS given
CROSS JOIN LATERAL (
    SELECT coalesce(sum(part.amount_minor), 0) AS amount_minor
    FROM (
        SELECT -receivable_entry.amount_minor AS amount_minor
        FROM receivable_entry
        WHERE receivable_entry.invoice_id = given.invoice_id AND receivable_entry.type = 'paid'
        UNION ALL
        SELECT credit_use.amount_minor
        FROM credit_use
        JOIN credit ON credit.id = credit_use.credit_id AND credit.kind IN ('prepaid', 'overpayment')
        WHERE credit_use.invoice_id = given.invoice_id
    ) AS part
) AS paid
WHERE given.amount_minor > paid.amount_minor
