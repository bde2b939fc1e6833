-- Cancels the waiting charges of a chunk whose customers are locked.
-- Parameters: run, after, upto, claim, cancelled_by, cancelled_at.
-- Index: run_row_once (run_id, customer_id, order_id); charge (run_row_id).
WITH cancelled AS (
    UPDATE charge
    SET state = 'cancelled', cancelled_by_id = %(cancelled_by)s, cancelled_at = %(cancelled_at)s
    FROM run_row
    WHERE charge.run_row_id = run_row.reverses_row_id
        AND charge.state = 'waiting'
        AND run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
    RETURNING charge.customer_id, charge.amount_minor
)
SELECT
    count(*) AS rows,
    count(DISTINCT customer_id) AS customers,
    coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM cancelled
