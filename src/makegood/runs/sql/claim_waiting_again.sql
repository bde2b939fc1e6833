-- Marks rows of the second pass as being booked in this transaction.
-- Parameters: run, after, upto.
-- Index: run_row_by_outcome (run_id, outcome, customer_id).
UPDATE run_row
SET outcome = 'claimed'
WHERE run_id = %(run)s AND outcome = 'waiting_again' AND customer_id > %(after)s AND customer_id <= %(upto)s
