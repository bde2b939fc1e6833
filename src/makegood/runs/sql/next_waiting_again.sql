-- The next customers of a run's second pass: the last of them, and how many of their rows wait.
-- Parameters: run, after (customer id, exclusive), rows.
-- Index: run_row_by_outcome (run_id, outcome, customer_id).
SELECT max(customer_id) AS upto, count(*) AS waiting
FROM (
    SELECT customer_id
    FROM run_row
    WHERE run_id = %(run)s AND outcome = 'waiting_again' AND customer_id > %(after)s
    ORDER BY customer_id
    FETCH FIRST %(rows)s ROWS WITH TIES
) AS ahead
