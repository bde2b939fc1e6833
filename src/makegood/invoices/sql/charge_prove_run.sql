-- What the proof line of a charge run is held against: how many charges it made and their sum, in minor units.
-- Parameters: run.
-- Index: run_row_once (run_id, ...); charge (run_row_id).
SELECT count(*) AS charges, coalesce(sum(charge.amount_minor), 0)::bigint AS amount_minor
FROM run_row
JOIN charge ON charge.run_row_id = run_row.id
WHERE run_row.run_id = %(run)s
