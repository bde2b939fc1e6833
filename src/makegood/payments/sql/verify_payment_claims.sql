-- Invoices of which something else is in flight than payments claim; payments that claim something else than they are; and
-- claims that are open although their payment is not under way, or closed although it is.
-- Parameters: none.
-- Index: none; reads claims, payments and invoices once.
SELECT 'invoice' AS record, coalesce(invoice.id, claimed.invoice_id) AS id, invoice.in_flight_minor AS stored_minor,
    claimed.amount_minor AS claimed_minor
FROM (SELECT id, in_flight_minor FROM invoice WHERE in_flight_minor <> 0) AS invoice
FULL JOIN (
    SELECT invoice_id, sum(amount_minor) AS amount_minor
    FROM payment_claim
    WHERE open
    GROUP BY invoice_id
) AS claimed ON claimed.invoice_id = invoice.id
WHERE coalesce(invoice.in_flight_minor, 0) <> coalesce(claimed.amount_minor, 0)
UNION ALL
SELECT 'payment', coalesce(payment.id, claimed.payment_id), payment.amount_minor, claimed.amount_minor
FROM (SELECT id, amount_minor, state FROM payment WHERE gateway_id IS NOT NULL) AS payment
FULL JOIN (
    SELECT payment_id, sum(amount_minor) AS amount_minor, bool_and(open) AS all_open, bool_or(open) AS any_open
    FROM payment_claim
    GROUP BY payment_id
) AS claimed ON claimed.payment_id = payment.id
WHERE payment.amount_minor IS DISTINCT FROM claimed.amount_minor
    OR claimed.any_open <> (payment.state IN ('created', 'submitted', 'unknown'))
    OR claimed.all_open <> claimed.any_open
