-- What the proof line of a cancellation is held against: how many charges its done rows name that are cancelled, and their
-- sum in minor units.
-- Parameters: run, cursor (the run's).
-- Index: run_row_once (run_id, ...); charge (run_row_id).
SELECT count(*) AS charges, coalesce(sum(charge.amount_minor), 0)::bigint AS amount_minor
FROM run_row
JOIN charge ON charge.run_row_id = run_row.reverses_row_id
WHERE run_row.run_id = %(run)s
    AND run_row.outcome IS NULL
    AND run_row.customer_id <= %(cursor)s
    AND charge.state = 'cancelled'
