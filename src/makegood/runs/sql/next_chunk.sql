-- The next customers of a run, cut between customers: the last of them, and how many of their rows wait.
-- Parameters: run, after (customer id, exclusive), rows.
-- Index: run_row_once (run_id, customer_id, order_id).
SELECT max(customer_id) AS upto, count(*) FILTER (WHERE outcome IS NULL) AS waiting
FROM (
    SELECT customer_id, outcome
    FROM run_row
    WHERE run_id = %(run)s AND customer_id > %(after)s
    ORDER BY customer_id
    FETCH FIRST %(rows)s ROWS WITH TIES
) AS ahead
