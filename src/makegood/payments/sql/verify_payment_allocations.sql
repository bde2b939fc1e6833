-- Payments that say something else than their allocations, or whose allocations are not numbered from one without a gap; and
-- invoices whose paid part is not what payments gave them.
-- Parameters: none.
-- Index: none; reads payments, allocations and invoices once.
SELECT 'payment' AS record, payment.id, payment.allocated_minor AS stored_minor, given.amount_minor AS allocated_minor
FROM payment
LEFT JOIN (
    SELECT payment_id, sum(amount_minor) AS amount_minor, count(*) AS allocations, max(number) AS last_number
    FROM payment_allocation
    GROUP BY payment_id
) AS given ON given.payment_id = payment.id
WHERE payment.allocated_minor <> coalesce(given.amount_minor, 0) OR given.allocations <> given.last_number
UNION ALL
SELECT 'invoice', coalesce(invoice.id, given.invoice_id), invoice.paid_minor, given.amount_minor
FROM (SELECT id, paid_minor FROM invoice WHERE paid_minor <> 0) AS invoice
FULL JOIN (
    SELECT invoice_id, sum(amount_minor) AS amount_minor
    FROM payment_allocation
    GROUP BY invoice_id
) AS given ON given.invoice_id = invoice.id
WHERE coalesce(invoice.paid_minor, 0) <> coalesce(given.amount_minor, 0)
