-- The payments that pay an invoice now, with how much in minor units; newest allocation first.
-- Parameters: provider, invoice.
-- Index: payment_allocation (invoice_id).
SELECT payment_id, sum(amount_minor)::bigint AS amount_minor
FROM payment_allocation
WHERE invoice_id = %(invoice)s AND provider_id = %(provider)s
GROUP BY payment_id
HAVING sum(amount_minor) > 0
ORDER BY max(journal_entry_id) FILTER (WHERE amount_minor > 0) DESC, payment_id DESC
