-- The customers of a chunk, locked, who cannot be charged any more, each with the outcome; usually there is none.
-- Parameters: run, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id); customer_balance and customer primary keys.
SELECT
    customer_balance.customer_id,
    CASE WHEN customer_balance.closed THEN 'customer_closed' ELSE 'billing_disabled' END AS outcome
FROM customer_balance
JOIN customer ON customer.id = customer_balance.customer_id
WHERE customer_balance.customer_id > %(after)s
    AND customer_balance.customer_id <= %(upto)s
    AND (customer_balance.closed OR NOT customer.billing_enabled)
    AND EXISTS (
        SELECT
        FROM run_row
        WHERE run_row.run_id = %(run)s
            AND run_row.customer_id = customer_balance.customer_id
            AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
    )
