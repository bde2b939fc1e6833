-- Makes the drafts of a run's rows void: all of them, or those of some rows.
-- Parameters: run, rows (bigint[], or none for all).
-- Index: run_row_once (run_id, ...); run_row primary key; invoice (run_row_id).
UPDATE invoice
SET state = 'void'
FROM run_row
WHERE run_row.run_id = %(run)s
    AND (%(rows)s::bigint[] IS NULL OR run_row.id = ANY (%(rows)s::bigint[]))
    AND invoice.run_row_id = run_row.id
    AND invoice.state = 'draft'
