-- Rows of the second pass that were booked lose their mark: without an outcome, and not beyond the cursor, they are done.
-- Parameters: run, after, upto.
-- Index: run_row_by_outcome (run_id, outcome, customer_id).
UPDATE run_row
SET outcome = NULL
WHERE run_id = %(run)s AND outcome = 'claimed' AND customer_id > %(after)s AND customer_id <= %(upto)s
