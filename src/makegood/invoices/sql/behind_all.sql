-- The first day on which a customer's next period can begin: behind the first days of all that were billed and are not void. Who
-- starts again, for days of one of them, gets a period of its own for them. Part of the freeze, for one of its candidates.
-- Parameters: none of its own.
-- Index: invoice_once_per_period (customer_id, period_from).
SELECT max(invoice.period_from) + 1
FROM invoice
WHERE invoice.customer_id = candidate.customer_id
    AND invoice.kind = 'period'
    AND invoice.state <> 'void'
    AND invoice.number IS NOT NULL
