-- Charge runs and cancellations whose stored proof line is not what their rows and charges say. A done row of a charge run
-- has its charge, that of a cancellation names a charge that is cancelled, by no other cancellation. A customer counts as
-- done when a row of the customer is, else as failed, else as waiting, else as skipped.
-- Parameters: none.
-- Index: none; reads rows and charges once.
WITH classed AS (
    SELECT
        run.id AS run_id,
        run_row.customer_id,
        CASE
            WHEN run_row.outcome IN ('account_in_use', 'refused_by_database') THEN 'failed'
            WHEN run_row.outcome = 'waiting_again' THEN 'waiting'
            WHEN run_row.outcome IS NOT NULL THEN 'skipped'
            WHEN run_row.customer_id > run.cursor_customer_id THEN 'waiting'
            ELSE 'done'
        END AS category,
        made.id AS made_id,
        run_row.reverses_row_id,
        cancelled.id AS cancelled_id,
        run_row.amount_minor
    FROM run
    JOIN run_row ON run_row.run_id = run.id
    LEFT JOIN charge AS made ON made.run_row_id = run_row.id
    LEFT JOIN charge AS cancelled ON cancelled.run_row_id = run_row.reverses_row_id AND cancelled.state = 'cancelled'
    WHERE run.kind IN ('charge', 'cancel_charges')
),
by_customer AS (
    SELECT
        run_id,
        count(*) AS rows,
        count(*) FILTER (WHERE category = 'done') AS done,
        count(*) FILTER (WHERE category = 'skipped') AS skipped,
        count(*) FILTER (WHERE category = 'failed') AS failed,
        count(*) FILTER (WHERE CASE
            WHEN reverses_row_id IS NULL THEN (category = 'done') <> (made_id IS NOT NULL)
            ELSE category = 'done' AND cancelled_id IS NULL
        END) AS wrong,
        coalesce(sum(amount_minor) FILTER (WHERE category = 'done'), 0) AS booked_minor,
        CASE
            WHEN bool_or(category = 'done') THEN 'done'
            WHEN bool_or(category = 'failed') THEN 'failed'
            WHEN bool_or(category = 'waiting') THEN 'waiting'
            ELSE 'skipped'
        END AS customer_category
    FROM classed
    GROUP BY run_id, customer_id
),
proof AS (
    SELECT
        run_id,
        sum(rows) AS rows_selected,
        sum(done) AS rows_done,
        sum(skipped) AS rows_skipped,
        sum(failed) AS rows_failed,
        count(*) AS customers_selected,
        count(*) FILTER (WHERE customer_category = 'done') AS customers_done,
        count(*) FILTER (WHERE customer_category = 'skipped') AS customers_skipped,
        count(*) FILTER (WHERE customer_category = 'failed') AS customers_failed,
        sum(booked_minor) AS booked_minor,
        sum(wrong) AS wrong
    FROM by_customer
    GROUP BY run_id
),
twice AS (
    SELECT count(*) - count(DISTINCT reverses_row_id) AS rows
    FROM classed
    WHERE category = 'done' AND reverses_row_id IS NOT NULL
)
SELECT run.id AS run, run.state, proof.*, run.booked_minor AS stored_booked_minor, twice.rows AS cancelled_twice
FROM run
CROSS JOIN twice
LEFT JOIN proof ON proof.run_id = run.id
WHERE run.kind IN ('charge', 'cancel_charges')
    AND (
        coalesce(proof.wrong, 0) <> 0
        OR (run.kind = 'cancel_charges' AND twice.rows <> 0)
        OR (
            run.rows_selected, run.rows_done, run.rows_skipped, run.rows_failed, run.customers_selected, run.customers_done,
            run.customers_skipped, run.customers_failed, run.booked_minor
        ) IS DISTINCT FROM (
            coalesce(proof.rows_selected, 0), coalesce(proof.rows_done, 0), coalesce(proof.rows_skipped, 0),
            coalesce(proof.rows_failed, 0), coalesce(proof.customers_selected, 0), coalesce(proof.customers_done, 0),
            coalesce(proof.customers_skipped, 0), coalesce(proof.customers_failed, 0), coalesce(proof.booked_minor, 0)
        )
    )
