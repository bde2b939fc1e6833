-- Customers with autopay whose invoices fall to be collected on a day, and who have no method that autopay charges.
-- Parameters: provider, day.
-- Index: invoice_to_collect (provider_id, collect_on), payment_method_one_default (customer_id).
SELECT count(DISTINCT invoice.customer_id) AS customers, coalesce(sum(invoice.due_minor), 0)::bigint AS amount_minor
FROM invoice
JOIN customer ON customer.id = invoice.customer_id AND customer.autopay AND customer.billing_enabled
WHERE invoice.provider_id = %(provider)s
    AND invoice.state = 'open'
    AND invoice.collect_on = %(day)s::date
    AND invoice.in_flight_minor = 0
    AND NOT invoice.by_hand
    AND NOT EXISTS (
        SELECT
        FROM payment_method
        JOIN gateway ON gateway.id = payment_method.gateway_id AND gateway.active
        WHERE payment_method.customer_id = customer.id AND payment_method.is_default AND payment_method.held_at IS NULL
    )
