-- Gives all rows of a chunk one outcome, for a reason that is the same for all of them.
-- Parameters: run, after, upto, claim (the outcome they have now), outcome.
-- Index: run_row_once (run_id, customer_id, order_id).
WITH settled AS (
    UPDATE run_row
    SET outcome = %(outcome)s
    WHERE run_id = %(run)s
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
        AND outcome IS NOT DISTINCT FROM %(claim)s
    RETURNING customer_id
)
SELECT count(*) AS rows, count(DISTINCT customer_id) AS customers FROM settled
