-- Gives single rows of a chunk their outcome.
-- Parameters: run, rows (bigint[]), outcomes (text[], one for each row).
-- Index: run_row primary key.
UPDATE run_row
SET outcome = settled.outcome
FROM unnest(%(rows)s::bigint[], %(outcomes)s::text[]) AS settled (id, outcome)
WHERE run_row.id = settled.id AND run_row.run_id = %(run)s
