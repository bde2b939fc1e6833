-- The customers of a chunk whom the booking left as they were, each with the outcome; usually nobody is asked for.
-- Runs after the booking in the same transaction. A customer who is free by now is tried again in the second pass.
-- Parameters: run, after, upto, claim, largest_funds.
-- Index: run_row_once (run_id, customer_id, order_id); credit (run_row_id); customer_balance primary key.
WITH left_over AS MATERIALIZED (
    SELECT run_row.customer_id, sum(run_row.amount_minor) AS amount_minor
    FROM run_row
    LEFT JOIN credit ON credit.run_row_id = run_row.id
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
        AND credit.id IS NULL
    GROUP BY run_row.customer_id
),
locked AS MATERIALIZED (
    SELECT customer_id, funds_minor, receivable_minor, closed
    FROM customer_balance
    WHERE customer_id IN (SELECT customer_id FROM left_over)
    ORDER BY customer_id
    FOR NO KEY UPDATE SKIP LOCKED
)
SELECT
    left_over.customer_id,
    CASE
        WHEN locked.closed AND locked.receivable_minor <= 0 THEN 'customer_closed'
        WHEN locked.funds_minor + left_over.amount_minor > %(largest_funds)s THEN 'over_funds_limit'
        ELSE 'waiting_again'
    END AS outcome
FROM left_over
LEFT JOIN locked ON locked.customer_id = left_over.customer_id
