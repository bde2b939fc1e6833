-- Customers with orders suspended because they were late, who have nothing late left to pay: it is paid, or their Available
-- Funds cover it. What was written off since the suspension is not paid, and what is in flight is not paid yet.
-- {left_to_pay}: late_left_to_pay.sql; its parameters come with it.
-- Parameters: provider, customers, after, day, limit.
-- Index: customer_order_suspended (provider_id, customer_id); invoice_of_customer (customer_id).
SELECT suspended.customer_id
FROM (
    SELECT customer_id, min(suspended_late_on) AS suspended_on
    FROM customer_order
    WHERE provider_id = %(provider)s
        AND suspended_late_on IS NOT NULL
        AND customer_id > %(after)s
        AND (%(customers)s::bigint[] IS NULL OR customer_id = ANY (%(customers)s::bigint[]))
    GROUP BY customer_id
) AS suspended
LEFT JOIN ({left_to_pay}) AS left_to_pay ON left_to_pay.customer_id = suspended.customer_id
WHERE left_to_pay.customer_id IS NULL
    AND NOT EXISTS (
        SELECT FROM invoice
        WHERE invoice.customer_id = suspended.customer_id
            AND invoice.state = 'late'
            AND invoice.in_flight_minor > 0
            AND NOT invoice.by_hand
    )
    AND NOT EXISTS (
        SELECT FROM invoice
        WHERE invoice.customer_id = suspended.customer_id
            AND invoice.state = 'uncollectible'
            AND invoice.settled_on >= suspended.suspended_on
    )
ORDER BY suspended.customer_id
LIMIT %(limit)s
