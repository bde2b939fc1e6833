-- Gives all waiting rows of some customers of a chunk their outcome.
-- Parameters: run, claim, customers (bigint[]), outcomes (text[], one for each customer).
-- Index: run_row_once (run_id, customer_id, order_id).
UPDATE run_row
SET outcome = settled.outcome
FROM unnest(%(customers)s::bigint[], %(outcomes)s::text[]) AS settled (customer_id, outcome)
WHERE run_row.run_id = %(run)s
    AND run_row.customer_id = settled.customer_id
    AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
RETURNING settled.outcome
