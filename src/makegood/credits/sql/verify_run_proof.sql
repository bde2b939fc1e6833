-- Runs of credits whose stored proof line is not what their rows and bookings say. A customer counts as done when a row of the
-- customer is, else as failed, else as waiting, else as skipped.
-- Parameters: none.
-- Index: none; reads rows, credits and entries once.
WITH booked AS (
    SELECT run_row.id, credit.issued_minor AS amount_minor
    FROM run_row
    JOIN credit ON credit.run_row_id = run_row.id
    UNION ALL
    SELECT run_row_id, -amount_minor
    FROM credit_entry
    WHERE run_row_id IS NOT NULL
),
classed AS (
    SELECT
        run_row.run_id,
        run_row.customer_id,
        booked.amount_minor AS booked_minor,
        CASE
            WHEN booked.id IS NOT NULL THEN 'done'
            WHEN run_row.outcome IN ('over_funds_limit', 'account_in_use', 'refused_by_database') THEN 'failed'
            WHEN run_row.outcome = 'waiting_again' THEN 'waiting'
            WHEN run_row.outcome IS NOT NULL THEN 'skipped'
            WHEN run_row.customer_id > run.cursor_customer_id THEN 'waiting'
            ELSE 'lost'
        END AS category,
        booked.id IS NOT NULL AND (run_row.outcome IS NOT NULL OR run_row.customer_id > run.cursor_customer_id) AS contradicts
    FROM run_row
    JOIN run ON run.id = run_row.run_id AND run.kind IN ('credit', 'take_back')
    LEFT JOIN booked ON booked.id = run_row.id
),
by_customer AS (
    SELECT
        run_id,
        count(*) AS rows,
        count(*) FILTER (WHERE category = 'done') AS done,
        count(*) FILTER (WHERE category = 'skipped') AS skipped,
        count(*) FILTER (WHERE category = 'failed') AS failed,
        count(*) FILTER (WHERE category = 'lost' OR contradicts) AS wrong,
        coalesce(sum(booked_minor), 0) AS booked_minor,
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
journal AS (
    SELECT
        journal_entry.cause_id AS run_id,
        sum(abs(journal_line.credit_minor - journal_line.debit_minor)) AS amount_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'available_funds'
    WHERE journal_entry.cause_type = 'run' AND journal_entry.event IN ('credit_issued', 'credit_taken_back')
    GROUP BY journal_entry.cause_id
)
SELECT
    run.id AS run,
    run.state,
    proof.*,
    run.booked_minor AS stored_booked_minor,
    journal.amount_minor AS journal_minor
FROM run
LEFT JOIN proof ON proof.run_id = run.id
LEFT JOIN journal ON journal.run_id = run.id
WHERE run.kind IN ('credit', 'take_back')
    AND (
        coalesce(proof.wrong, 0) <> 0
        OR run.booked_minor <> coalesce(journal.amount_minor, 0)
        OR (
            run.rows_selected, run.rows_done, run.rows_skipped, run.rows_failed, run.customers_selected, run.customers_done,
            run.customers_skipped, run.customers_failed, run.booked_minor
        ) IS DISTINCT FROM (
            coalesce(proof.rows_selected, 0), coalesce(proof.rows_done, 0), coalesce(proof.rows_skipped, 0),
            coalesce(proof.rows_failed, 0), coalesce(proof.customers_selected, 0), coalesce(proof.customers_done, 0),
            coalesce(proof.customers_skipped, 0), coalesce(proof.customers_failed, 0), coalesce(proof.booked_minor, 0)
        )
    )
