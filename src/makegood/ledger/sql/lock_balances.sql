-- Locks customers by their balance rows, ascending, until the transaction ends; waits for others.
-- Parameters: provider, customers (bigint[]).
-- Index: customer_balance primary key.
SELECT count(*) AS customers
FROM (
    SELECT customer_id
    FROM customer_balance
    WHERE provider_id = %(provider)s AND customer_id = ANY (%(customers)s::bigint[])
    ORDER BY customer_id
    FOR NO KEY UPDATE
) AS locked
