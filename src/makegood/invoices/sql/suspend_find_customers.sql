-- The next customers who have been late for so many days, with something left to pay, and have an active order that nobody
-- resumed since. since: the last day on which one of their invoices had been late for so long.
-- {left_to_pay}: late_left_to_pay.sql; its parameters come with it.
-- Parameters: provider, customers, after, day, late_days, limit.
-- Index: customer_order (customer_id); customer primary key.
SELECT long_late.customer_id, long_late.since
FROM (
    SELECT customer_id, max(due_on + %(late_days)s::integer) AS since
    FROM ({left_to_pay}) AS left_to_pay
    WHERE due_on + %(late_days)s::integer <= %(day)s::date
    GROUP BY customer_id
) AS long_late
JOIN customer ON customer.id = long_late.customer_id AND customer.billing_enabled AND customer.status = 'active'
WHERE EXISTS (
    SELECT FROM customer_order
    WHERE customer_order.customer_id = long_late.customer_id
        AND customer_order.status = 'active'
        AND (customer_order.resumed_late_on IS NULL OR customer_order.resumed_late_on < long_late.since)
)
ORDER BY long_late.customer_id
LIMIT %(limit)s
