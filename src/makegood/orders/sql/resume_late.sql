-- Resumes the orders of customers that were suspended because they were late with paying.
-- Parameters: provider, customers (bigint[]), at.
-- Index: customer_order_suspended (provider_id, customer_id).
UPDATE customer_order
SET status = 'active', suspended_late_on = NULL, updated_at = %(at)s
WHERE provider_id = %(provider)s
    AND customer_id = ANY (%(customers)s::bigint[])
    AND suspended_late_on IS NOT NULL
RETURNING id, customer_id, number
