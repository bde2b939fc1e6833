-- The figures of a run with one row per customer, from its frozen rows.
-- Parameters: run.
-- Index: run_row_once (run_id, customer_id, order_id).
SELECT
    count(*) AS rows_selected,
    count(outcome) AS rows_skipped,
    count(*) AS customers_selected,
    count(outcome) AS customers_skipped,
    coalesce(sum(amount_minor) FILTER (WHERE outcome IS NULL), 0)::bigint AS total_minor
FROM run_row
WHERE run_id = %(run)s
