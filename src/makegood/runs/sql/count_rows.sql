-- The figures of a run from its frozen rows. A customer is skipped when every row of the customer is.
-- Parameters: run.
-- Index: run_row_once (run_id, customer_id, order_id).
SELECT
    coalesce(sum(rows), 0)::bigint AS rows_selected,
    coalesce(sum(rows - rows_waiting), 0)::bigint AS rows_skipped,
    count(*) AS customers_selected,
    count(*) FILTER (WHERE rows_waiting = 0) AS customers_skipped,
    coalesce(sum(amount_minor), 0)::bigint AS total_minor
FROM (
    SELECT
        count(*) AS rows,
        count(*) FILTER (WHERE outcome IS NULL) AS rows_waiting,
        sum(amount_minor) FILTER (WHERE outcome IS NULL) AS amount_minor
    FROM run_row
    WHERE run_id = %(run)s
    GROUP BY customer_id
) AS by_customer
