-- What is left to pay of each Late invoice once the Available Funds that can pay on the day are taken off, those due first
-- first. What has a payment in flight, and what people collect by hand, is nobody else's business. Part of other statements.
-- {past_funds}: what of the customer's funds can pay no more. Hardly anybody who is late has funds, so it is hardly looked up.
-- Parameters: provider, customers (bigint[]; null for all), after (customer id, exclusive), day.
-- Index: invoice_late (provider_id, customer_id); customer_balance primary key.
SELECT
    late.invoice_id,
    late.customer_id,
    late.number,
    late.due_on,
    late.reminders_sent,
    least(late.due_minor, late.upto_minor - usable.funds_minor)::bigint AS left_minor
FROM (
    SELECT
        id AS invoice_id,
        customer_id,
        number,
        due_on,
        reminders_sent,
        due_minor,
        sum(due_minor) OVER (PARTITION BY customer_id ORDER BY due_on, id) AS upto_minor
    FROM invoice
    WHERE provider_id = %(provider)s
        AND state = 'late'
        AND in_flight_minor = 0
        AND NOT by_hand
        AND customer_id > %(after)s
        AND (%(customers)s::bigint[] IS NULL OR customer_id = ANY (%(customers)s::bigint[]))
) AS late
JOIN customer_balance ON customer_balance.customer_id = late.customer_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN customer_balance.funds_minor > 0 THEN customer_balance.funds_minor - ({past_funds})
        ELSE 0
    END AS funds_minor
) AS usable
WHERE late.upto_minor > usable.funds_minor
