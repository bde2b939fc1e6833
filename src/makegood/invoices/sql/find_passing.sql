-- The next customers of whom a period, or days of an order, pass without being billed; ascending.
-- {orders}, {accounts}: passing_order.sql and passing_account.sql.
-- Parameters: provider, day, invoices_from, is_on, after (customer id, exclusive), limit.
-- Index: those of its parts.
SELECT customer_id
FROM (
    SELECT customer_id FROM ({orders}) AS passing_order
    UNION
    SELECT customer_id FROM ({accounts}) AS passing_account
) AS passing
WHERE customer_id > %(after)s
ORDER BY customer_id
LIMIT %(limit)s
