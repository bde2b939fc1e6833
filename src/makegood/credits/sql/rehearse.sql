-- What a person should know of a draft before starting it. Counts are customers; amounts are minor units.
-- Parameters: run, provider, amount, description, since (the start of the look-alike window), largest_funds.
-- Index: run_row_once (run_id, customer_id, order_id); customer, customer_balance primary keys; credit (customer_id).
WITH asked AS (
    SELECT customer_id, sum(amount_minor) AS amount_minor
    FROM run_row
    WHERE run_id = %(run)s AND outcome IS NULL
    GROUP BY customer_id
)
SELECT
    count(*) AS customers,
    count(*) FILTER (WHERE customer.email = '') AS without_email,
    count(*) FILTER (WHERE customer.email_opt_out AND customer.email <> '') AS opted_out,
    count(*) FILTER (WHERE NOT customer.billing_enabled) AS billing_disabled,
    count(*) FILTER (WHERE customer_balance.funds_minor + asked.amount_minor > %(largest_funds)s) AS over_funds_limit,
    count(*) FILTER (WHERE EXISTS (
        SELECT
        FROM credit
        WHERE credit.customer_id = asked.customer_id
            AND credit.created_at >= %(since)s
            AND credit.issued_minor = %(amount)s
            AND credit.description = %(description)s
            AND credit.taken_back_minor < credit.issued_minor
    )) AS look_alikes
FROM asked
JOIN customer ON customer.id = asked.customer_id
JOIN customer_balance ON customer_balance.customer_id = asked.customer_id
