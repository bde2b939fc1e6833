-- The customers of a run whose drafts differ most from their last invoice of a period, the largest difference first.
-- Parameters: run, provider, most (how many).
-- Index: run_row_once (run_id, ...); invoice (run_row_id); invoice_of_customer (customer_id, id).
SELECT
    draft.customer_id, customer.number, customer.name, draft.id AS invoice_id, before.total_minor AS before_minor,
    draft.total_minor
FROM run_row
JOIN invoice AS draft ON draft.run_row_id = run_row.id AND draft.provider_id = %(provider)s
JOIN customer ON customer.id = draft.customer_id
JOIN LATERAL (
    SELECT invoice.total_minor
    FROM invoice
    WHERE invoice.customer_id = draft.customer_id
        AND invoice.id < draft.id
        AND invoice.number IS NOT NULL
        AND invoice.kind = 'period'
        AND invoice.state <> 'void'
    ORDER BY invoice.id DESC
    LIMIT 1
) AS before ON true
WHERE run_row.run_id = %(run)s AND draft.total_minor <> before.total_minor
ORDER BY abs(draft.total_minor - before.total_minor) DESC, draft.customer_id
LIMIT %(most)s
