-- What a person should know of a drafted charge run before starting it. Counts are customers.
-- Parameters: run, amount, description, since (the start of the look-alike window).
-- Index: run_row_once (run_id, customer_id, order_id); charge (customer_id).
WITH asked AS (
    SELECT DISTINCT customer_id
    FROM run_row
    WHERE run_id = %(run)s AND outcome IS NULL
)
SELECT
    count(*) AS customers,
    count(*) FILTER (WHERE EXISTS (
        SELECT
        FROM charge
        WHERE charge.customer_id = asked.customer_id
            AND charge.created_at >= %(since)s
            AND charge.amount_minor = %(amount)s
            AND charge.description = %(description)s
            AND charge.state <> 'cancelled'
    )) AS look_alikes
FROM asked
