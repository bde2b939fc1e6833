-- How many of some customers of a chunk have no row left in it.
-- Parameters: run, claim, customers (bigint[]).
-- Index: run_row_once (run_id, customer_id, order_id).
SELECT count(*) AS customers
FROM unnest(%(customers)s::bigint[]) AS settled (customer_id)
WHERE NOT EXISTS (
    SELECT
    FROM run_row
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id = settled.customer_id
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
)
