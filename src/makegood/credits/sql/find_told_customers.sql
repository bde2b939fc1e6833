-- The customers of a chunk whom the run has just credited: their rows have no outcome against them.
-- Parameters: run, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id).
SELECT DISTINCT run_row.customer_id
FROM run_row
WHERE run_row.run_id = %(run)s
    AND run_row.customer_id > %(after)s
    AND run_row.customer_id <= %(upto)s
    AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
