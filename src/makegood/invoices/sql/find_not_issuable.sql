-- Rows of a chunk whose drafts cannot be issued any more, each with the reason. Runs under the customers' locks.
-- Each table is bounded by the chunk's range as well, so that it is not read as a whole for each chunk.
-- {basis}: invoice_basis.sql, of the chunk's customers.
-- Parameters: run, provider, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id); invoice (run_row_id); customer primary key.
WITH waiting AS MATERIALIZED (
    SELECT id, customer_id
    FROM run_row
    WHERE run_id = %(run)s
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
        AND outcome IS NOT DISTINCT FROM %(claim)s
)
SELECT id, customer_id, outcome
FROM (
    SELECT
        waiting.id,
        waiting.customer_id,
        CASE
            WHEN invoice.state <> 'draft' THEN 'draft_discarded'
            WHEN NOT customer.billing_enabled THEN 'billing_disabled'
            WHEN basis.basis IS DISTINCT FROM invoice.basis THEN 'changed_since_draft'
        END AS outcome
    FROM waiting
    JOIN invoice
        ON invoice.run_row_id = waiting.id
        AND invoice.run_row_id BETWEEN (SELECT min(id) FROM waiting) AND (SELECT max(id) FROM waiting)
    JOIN customer
        ON customer.id = waiting.customer_id AND customer.id > %(after)s AND customer.id <= %(upto)s
    LEFT JOIN ({basis}) AS basis ON basis.customer_id = waiting.customer_id
) AS checked
WHERE outcome IS NOT NULL
