-- Uses of credits that say something else than the entries of both sub-ledgers, and credits and invoices whose used part is
-- not the sum of their uses.
-- Parameters: none.
-- Index: none; reads uses, entries, credits and invoices once.
WITH of_credit AS (
    SELECT
        use_id,
        -coalesce(sum(amount_minor) FILTER (WHERE type = 'used'), 0) AS used_minor,
        coalesce(sum(amount_minor) FILTER (WHERE type = 'returned'), 0) AS returned_minor,
        min(credit_id) AS credit_id,
        max(credit_id) AS last_credit_id
    FROM credit_entry
    WHERE use_id IS NOT NULL
    GROUP BY use_id
),
of_invoice AS (
    SELECT
        cause_id AS use_id,
        -coalesce(sum(amount_minor) FILTER (WHERE type = 'used'), 0) AS used_minor,
        coalesce(sum(amount_minor) FILTER (WHERE type = 'returned'), 0) AS returned_minor,
        min(invoice_id) AS invoice_id,
        max(invoice_id) AS last_invoice_id
    FROM receivable_entry
    WHERE type IN ('used', 'returned')
    GROUP BY cause_id
)
SELECT
    coalesce(credit_use.id, of_credit.use_id, of_invoice.use_id) AS use,
    credit_use.credit_id AS credit,
    credit_use.invoice_id AS invoice
FROM credit_use
FULL JOIN of_credit ON of_credit.use_id = credit_use.id
FULL JOIN of_invoice ON of_invoice.use_id = coalesce(credit_use.id, of_credit.use_id)
WHERE (credit_use.credit_id, credit_use.credit_id, credit_use.amount_minor, credit_use.returned_minor)
        IS DISTINCT FROM (
            of_credit.credit_id, of_credit.last_credit_id, of_credit.used_minor, of_credit.returned_minor
        )
    OR (credit_use.invoice_id, credit_use.invoice_id, credit_use.amount_minor, credit_use.returned_minor)
        IS DISTINCT FROM (
            of_invoice.invoice_id, of_invoice.last_invoice_id, of_invoice.used_minor, of_invoice.returned_minor
        )
UNION ALL
SELECT NULL, credit.id, NULL
FROM credit
LEFT JOIN (
    SELECT credit_id, sum(amount_minor - returned_minor) AS used_minor FROM credit_use GROUP BY credit_id
) AS used ON used.credit_id = credit.id
WHERE credit.used_minor <> coalesce(used.used_minor, 0)
UNION ALL
SELECT NULL, NULL, invoice.id
FROM invoice
LEFT JOIN (
    SELECT invoice_id, sum(amount_minor - returned_minor) AS used_minor FROM credit_use GROUP BY invoice_id
) AS used ON used.invoice_id = invoice.id
WHERE invoice.used_minor <> coalesce(used.used_minor, 0)
