-- The rows of a chunk of a cancellation whose charge does not wait any more, each with the outcome.
-- Parameters: run, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id); charge (run_row_id).
SELECT
    run_row.id,
    run_row.customer_id,
    CASE charge.state WHEN 'invoiced' THEN 'already_invoiced' ELSE 'already_cancelled' END AS outcome
FROM run_row
JOIN charge ON charge.run_row_id = run_row.reverses_row_id
WHERE run_row.run_id = %(run)s
    AND run_row.customer_id > %(after)s
    AND run_row.customer_id <= %(upto)s
    AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
    AND charge.state <> 'waiting'
