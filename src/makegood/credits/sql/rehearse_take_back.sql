-- What a take-back would take, split into credits that are whole and credits of which a part is left; minor units.
-- Parameters: run (the take-back).
-- Index: run_row_once (run_id, ...); credit (run_row_id).
SELECT
    count(*) FILTER (WHERE run_row.amount_minor = credit.issued_minor) AS whole,
    coalesce(sum(run_row.amount_minor) FILTER (WHERE run_row.amount_minor = credit.issued_minor), 0)::bigint AS whole_minor,
    count(*) FILTER (WHERE run_row.amount_minor < credit.issued_minor) AS partly,
    coalesce(sum(run_row.amount_minor) FILTER (WHERE run_row.amount_minor < credit.issued_minor), 0)::bigint AS partly_minor
FROM run_row
JOIN credit ON credit.run_row_id = run_row.reverses_row_id
WHERE run_row.run_id = %(run)s AND run_row.outcome IS NULL
