-- Invoice runs whose stored proof line is not what their rows, invoices and journal say. Each customer has one row.
-- Parameters: none.
-- Index: none; reads rows, invoices and the journal once.
WITH classed AS (
    SELECT
        run_row.run_id,
        CASE
            WHEN invoice.number IS NOT NULL THEN 'done'
            WHEN run_row.outcome IN ('account_in_use', 'refused_by_database') THEN 'failed'
            WHEN run_row.outcome = 'waiting_again' THEN 'waiting'
            WHEN run_row.outcome IS NOT NULL THEN 'skipped'
            WHEN run_row.customer_id > run.cursor_customer_id THEN 'waiting'
            ELSE 'lost'
        END AS category,
        greatest(invoice.total_minor, 0) AS amount_minor,
        invoice.total_minor,
        -- What is done has no outcome and lies behind the cursor; only what is done has a number, and what waits a draft.
        (invoice.number IS NOT NULL AND (run_row.outcome IS NOT NULL OR run_row.customer_id > run.cursor_customer_id))
        OR (invoice.state = 'draft' AND run.state = 'cancelled')
        OR (invoice.id IS NULL AND run_row.outcome IS NULL) AS contradicts
    FROM run_row
    JOIN run ON run.id = run_row.run_id AND run.kind = 'invoice'
    LEFT JOIN invoice ON invoice.run_row_id = run_row.id
),
proof AS (
    SELECT
        run_id,
        count(*) AS selected,
        count(*) FILTER (WHERE category = 'done') AS done,
        count(*) FILTER (WHERE category = 'skipped') AS skipped,
        count(*) FILTER (WHERE category = 'failed') AS failed,
        count(*) FILTER (WHERE category = 'lost' OR contradicts) AS wrong,
        coalesce(sum(amount_minor) FILTER (WHERE category = 'done'), 0) AS booked_minor,
        coalesce(sum(total_minor) FILTER (WHERE category = 'done'), 0) AS net_minor
    FROM classed
    GROUP BY run_id
),
journal AS (
    SELECT
        journal_entry.cause_id AS run_id,
        sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'receivable'
    WHERE journal_entry.cause_type = 'run' AND journal_entry.event = 'invoice_issued'
    GROUP BY journal_entry.cause_id
)
SELECT run.id AS run, run.state, proof.*, run.booked_minor AS stored_booked_minor, journal.amount_minor AS journal_minor
FROM run
LEFT JOIN proof ON proof.run_id = run.id
LEFT JOIN journal ON journal.run_id = run.id
WHERE run.kind = 'invoice'
    AND (
        coalesce(proof.wrong, 0) <> 0
        OR coalesce(proof.net_minor, 0) <> coalesce(journal.amount_minor, 0)
        OR (
            run.rows_selected, run.rows_done, run.rows_skipped, run.rows_failed, run.customers_selected,
            run.customers_done, run.customers_skipped, run.customers_failed, run.booked_minor
        ) IS DISTINCT FROM (
            coalesce(proof.selected, 0), coalesce(proof.done, 0), coalesce(proof.skipped, 0), coalesce(proof.failed, 0),
            coalesce(proof.selected, 0), coalesce(proof.done, 0), coalesce(proof.skipped, 0), coalesce(proof.failed, 0),
            coalesce(proof.booked_minor, 0)
        )
    )
