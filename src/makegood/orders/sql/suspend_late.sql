-- Suspends the active orders of customers who are late with paying, save those that a person resumed since.
-- Parameters: provider, customers (bigint[]), since (date[]: for each the day on which it had been late for long enough),
-- day, at.
-- Index: customer_order (customer_id).
UPDATE customer_order
SET status = 'suspended', suspended_late_on = %(day)s, updated_at = %(at)s
FROM unnest(%(customers)s::bigint[], %(since)s::date[]) AS late (customer_id, since)
WHERE customer_order.provider_id = %(provider)s
    AND customer_order.customer_id = late.customer_id
    AND customer_order.status = 'active'
    AND (customer_order.resumed_late_on IS NULL OR customer_order.resumed_late_on < late.since)
RETURNING customer_order.id, customer_order.customer_id, customer_order.number
