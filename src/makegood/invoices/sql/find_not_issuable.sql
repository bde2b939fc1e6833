-- Rows of a chunk whose drafts cannot be issued any more, each with the reason. Runs under the customers' locks.
-- {basis}: invoice_basis.sql, of the chunk's customers.
-- Parameters: run, provider, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id); invoice (run_row_id).
SELECT id, customer_id, outcome
FROM (
    SELECT
        run_row.id,
        run_row.customer_id,
        CASE
            WHEN invoice.state <> 'draft' THEN 'draft_discarded'
            WHEN NOT customer.billing_enabled THEN 'billing_disabled'
            WHEN basis.basis IS DISTINCT FROM invoice.basis THEN 'changed_since_draft'
        END AS outcome
    FROM run_row
    JOIN invoice ON invoice.run_row_id = run_row.id
    JOIN customer ON customer.id = run_row.customer_id
    LEFT JOIN ({basis}) AS basis ON basis.customer_id = run_row.customer_id
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
) AS checked
WHERE outcome IS NOT NULL
