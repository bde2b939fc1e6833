-- Makes the drafts of a chunk void whose rows have all got one outcome.
-- Parameters: run, after, upto, outcome.
-- Index: run_row_once (run_id, customer_id, order_id); invoice (run_row_id).
UPDATE invoice
SET state = 'void'
FROM run_row
WHERE run_row.run_id = %(run)s
    AND run_row.customer_id > %(after)s
    AND run_row.customer_id <= %(upto)s
    AND run_row.outcome = %(outcome)s
    AND invoice.run_row_id = run_row.id
    AND invoice.state = 'draft'
