-- Gives every row of a run that still waits an outcome: those behind the cursor, and those that were to be tried again.
-- Parameters: run, cursor (the last customer whom the first pass has dealt with), outcome.
-- Index: run_row_once (run_id, customer_id, order_id); run_row_by_outcome (run_id, outcome, customer_id).
UPDATE run_row
SET outcome = %(outcome)s
WHERE run_id = %(run)s AND (outcome = 'waiting_again' OR (outcome IS NULL AND customer_id > %(cursor)s))
