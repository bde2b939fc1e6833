-- Locks the customers of a chunk, ascending, until the transaction ends; puts the rows of those whom somebody else holds
-- off to the second pass.
-- Parameters: run, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id); customer_balance primary key.
WITH chunk AS MATERIALIZED (
    SELECT id, customer_id
    FROM run_row
    WHERE run_id = %(run)s
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
        AND outcome IS NOT DISTINCT FROM %(claim)s
),
mine AS MATERIALIZED (
    SELECT customer_id
    FROM customer_balance
    WHERE customer_id IN (SELECT customer_id FROM chunk)
    ORDER BY customer_id
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE run_row
SET outcome = 'waiting_again'
FROM chunk
WHERE run_row.id = chunk.id AND chunk.customer_id NOT IN (SELECT customer_id FROM mine)
