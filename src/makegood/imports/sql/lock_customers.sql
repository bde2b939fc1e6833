-- Locks the known customers that the import changes, or whose orders it changes, ascending, until it ends.
-- Parameters: provider.
-- Index: customer_balance primary key.
SELECT count(*) AS locked
FROM (
    SELECT customer_balance.customer_id
    FROM customer_balance
    WHERE customer_balance.provider_id = %(provider)s
        AND customer_balance.customer_id IN (
            SELECT import_customer.id FROM import_customer WHERE import_customer.change = 'updated'
            UNION
            SELECT import_order.customer_id FROM import_order WHERE import_order.change <> 'unchanged'
        )
    ORDER BY customer_balance.customer_id
    FOR NO KEY UPDATE
) AS locked_balance
