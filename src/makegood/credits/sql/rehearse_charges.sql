-- Of the customers of a draft: whose invoices have a payment in flight, so that no credit pays them until it has settled, and
-- whom autopay may charge before the credits are there; and each customer by what becomes of the credit, in one group alone:
-- the first that holds. Counts are customers; amounts are minor units, of the groups there are none.
-- {charged}: the customers of asked who are to be charged, and how much (customer_id, amount_minor); day is its parameter.
-- {named}: rehearse_named.sql, whose parameters come with it.
-- Parameters: run, provider, day (the provider's day).
-- Index: run_row_once (run_id, customer_id, order_id), invoice_owed (customer_id), and those of the part.
WITH asked AS MATERIALIZED (
    SELECT customer_id, sum(amount_minor)::bigint AS credit_minor
    FROM run_row
    WHERE run_id = %(run)s AND outcome IS NULL
    GROUP BY customer_id
),
named AS MATERIALIZED (
    {named}
),
owed AS (
    SELECT
        invoice.customer_id,
        invoice.state,
        invoice.in_flight_minor > 0 AS is_in_flight,
        invoice.due_minor > coalesce(named.amount_minor, 0) AND invoice.in_flight_minor = 0 AND NOT invoice.by_hand AS takes_funds,
        named.invoice_id IS NOT NULL AS is_named
    FROM asked
    JOIN invoice ON invoice.customer_id = asked.customer_id AND invoice.state IN ('open', 'late')
    LEFT JOIN named ON named.invoice_id = invoice.id
    WHERE invoice.provider_id = %(provider)s
),
stands AS (
    SELECT
        customer_id,
        CASE
            WHEN bool_or(state = 'late' AND takes_funds) THEN 'late'
            WHEN bool_or(state = 'open' AND takes_funds) THEN 'open'
            WHEN bool_or(is_named) THEN 'at_once'
            WHEN bool_or(is_in_flight) THEN 'in_flight'
            ELSE 'by_hand'
        END AS how
    FROM owed
    GROUP BY customer_id
),
in_flight AS (
    SELECT invoice.customer_id, sum(invoice.in_flight_minor) AS amount_minor
    FROM asked
    JOIN invoice ON invoice.customer_id = asked.customer_id AND invoice.state IN ('open', 'late')
    WHERE invoice.provider_id = %(provider)s AND invoice.in_flight_minor > 0
    GROUP BY invoice.customer_id
),
charged AS (
    {charged}
)
SELECT 'in_flight' AS what, count(*) AS customers, coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM in_flight
UNION ALL
SELECT 'charged_before', count(*), coalesce(sum(amount_minor), 0)::bigint
FROM charged
UNION ALL
SELECT
    'stands ' || CASE WHEN customer.billing_enabled THEN coalesce(stands.how, 'neither') ELSE 'disabled' END, count(*), 0
FROM asked
JOIN customer ON customer.id = asked.customer_id
LEFT JOIN stands ON stands.customer_id = asked.customer_id
GROUP BY 1
