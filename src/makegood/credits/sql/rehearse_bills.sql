-- What the credits of a draft will do for the bills of its customers, together with the Available Funds that they have
-- already: pay what is Late at once, pay Open invoices on their days, be left over after the next invoice. Counts are
-- customers; amounts are minor units. Nothing is used by itself for who has billing disabled.
-- Funds are used as they will be: what expires first is taken first, and what expires before the first Open invoice is
-- collected does not pay it. Who has no Open invoice is reckoned to be billed the monthly price next.
-- Customers, invoices and expiring credits are laid below each other and looked at customer by customer; joins of lists
-- that were just frozen would be planned for a few rows.
-- Parameters: run, provider, today (the provider's day).
-- Index: run_row_once (run_id, customer_id, order_id), invoice_owed (customer_id), credit (customer_id),
-- credit_by_last_day (provider_id, expires_on), primary keys of customer, customer_balance and customer_figures.
WITH asked AS MATERIALIZED (
    SELECT customer_id, sum(amount_minor)::bigint AS credit_minor
    FROM run_row
    WHERE run_id = %(run)s AND outcome IS NULL
    GROUP BY customer_id
),
line AS (
    SELECT
        asked.customer_id,
        customer.billing_enabled,
        customer_balance.funds_minor + asked.credit_minor AS funds_minor,
        coalesce(customer_figures.monthly_price_minor, 0) AS price_minor,
        NULL::bigint AS late_minor,
        NULL::bigint AS open_minor,
        NULL::date AS used_on,
        NULL::bigint AS expiring_minor,
        NULL::date AS expires_on
    FROM asked
    JOIN customer ON customer.id = asked.customer_id
    JOIN customer_balance ON customer_balance.customer_id = asked.customer_id
    LEFT JOIN customer_figures ON customer_figures.customer_id = asked.customer_id
    UNION ALL
    SELECT
        invoice.customer_id,
        NULL,
        NULL,
        NULL,
        CASE WHEN invoice.state = 'late' THEN invoice.due_minor END,
        CASE WHEN invoice.state = 'open' THEN invoice.due_minor END,
        CASE WHEN invoice.state = 'open' THEN greatest(invoice.collect_on, %(today)s::date) END,
        NULL,
        NULL
    FROM asked
    JOIN invoice ON invoice.customer_id = asked.customer_id AND invoice.state IN ('open', 'late')
    WHERE invoice.provider_id = %(provider)s
    UNION ALL
    SELECT credit.customer_id, NULL, NULL, NULL, NULL, NULL, NULL, credit.remaining_minor, credit.expires_on
    FROM asked
    JOIN credit ON credit.customer_id = asked.customer_id AND credit.provider_id = %(provider)s
    WHERE credit.expires_on IS NOT NULL
        AND credit.remaining_minor > 0
        -- Asked once; most providers have none.
        AND (
            SELECT EXISTS (
                SELECT
                FROM credit
                WHERE provider_id = %(provider)s AND expires_on IS NOT NULL AND remaining_minor > 0
            )
        )
),
summed AS (
    SELECT
        customer_id,
        used_on,
        expiring_minor,
        expires_on,
        open_minor AS due_minor,
        bool_or(billing_enabled) OVER of_customer AS billing_enabled,
        funds_minor IS NOT NULL AS is_customer,
        max(price_minor) OVER of_customer AS price_minor,
        max(funds_minor) OVER of_customer
            - coalesce(sum(expiring_minor) FILTER (WHERE expires_on < %(today)s) OVER of_customer, 0)::bigint AS funds_minor,
        coalesce(sum(late_minor) OVER of_customer, 0)::bigint AS late_minor,
        coalesce(sum(open_minor) OVER of_customer, 0)::bigint AS open_minor,
        min(used_on) OVER of_customer AS first_on,
        (sum(open_minor) OVER (PARTITION BY customer_id ORDER BY used_on))::bigint AS upto_minor
    FROM line
    WINDOW of_customer AS (PARTITION BY customer_id)
),
used_at_once AS (
    SELECT
        *,
        least(funds_minor, late_minor) AS late_used_minor,
        coalesce(
            sum(expiring_minor) FILTER (WHERE expires_on >= %(today)s AND expires_on < first_on)
                OVER (PARTITION BY customer_id),
            0
        )::bigint AS lapsing_minor,
        CASE WHEN open_minor > 0 THEN open_minor ELSE price_minor END AS next_minor
    FROM summed
),
rested AS MATERIALIZED (
    SELECT
        customer_id,
        is_customer,
        billing_enabled,
        used_on,
        due_minor,
        upto_minor,
        funds_minor,
        price_minor,
        next_minor,
        late_minor,
        open_minor,
        late_used_minor,
        funds_minor - late_used_minor - greatest(lapsing_minor - late_used_minor, 0) AS rest_minor
    FROM used_at_once
    WHERE is_customer OR used_on IS NOT NULL
),
total AS (
    SELECT
        count(*) FILTER (WHERE late_minor > 0) AS late,
        sum(late_used_minor) AS late_minor,
        count(*) FILTER (WHERE late_minor > 0 AND late_used_minor = late_minor) AS settled,
        sum(late_used_minor) FILTER (WHERE late_used_minor = late_minor) AS settled_minor,
        count(*) FILTER (WHERE open_minor > 0) AS open,
        sum(least(rest_minor, open_minor)) AS open_minor,
        count(*) FILTER (WHERE late_minor = 0 AND open_minor = 0) AS neither,
        sum(rest_minor) FILTER (WHERE late_minor = 0 AND open_minor = 0) AS neither_minor,
        count(*) FILTER (WHERE rest_minor > next_minor) AS rest,
        sum(rest_minor - next_minor) FILTER (WHERE rest_minor > next_minor) AS rest_minor,
        count(*) FILTER (WHERE rest_minor > next_minor AND open_minor = 0 AND price_minor > 0) AS estimated,
        sum(rest_minor - next_minor)
            FILTER (WHERE rest_minor > next_minor AND open_minor = 0 AND price_minor > 0) AS estimated_minor,
        count(*) FILTER (WHERE rest_minor > 0 AND next_minor = 0) AS unbilled,
        sum(rest_minor) FILTER (WHERE next_minor = 0) AS unbilled_minor
    FROM rested
    WHERE is_customer AND billing_enabled
),
of_customer_and_day AS (
    SELECT
        used_on,
        least(max(rest_minor), max(upto_minor)) - least(max(rest_minor), max(upto_minor) - sum(due_minor)) AS amount_minor
    FROM rested
    WHERE used_on IS NOT NULL AND billing_enabled
    GROUP BY customer_id, used_on
),
on_day AS (
    SELECT used_on, count(*) AS customers, sum(amount_minor) AS amount_minor
    FROM of_customer_and_day
    WHERE amount_minor > 0
    GROUP BY used_on
    ORDER BY used_on
)
SELECT groups.what, NULL::date AS used_on, groups.customers, coalesce(groups.amount_minor, 0)::bigint AS amount_minor
FROM total
CROSS JOIN LATERAL (
    VALUES
        ('late', late, late_minor),
        ('late_settled', settled, settled_minor),
        ('open', open, open_minor),
        ('neither', neither, neither_minor),
        ('left', rest, rest_minor),
        ('left_estimated', estimated, estimated_minor),
        ('left_unbilled', unbilled, unbilled_minor)
) AS groups (what, customers, amount_minor)
UNION ALL
SELECT 'disabled', NULL, count(*), coalesce(sum(funds_minor), 0)::bigint
FROM rested
WHERE is_customer AND NOT billing_enabled
UNION ALL
SELECT 'on_day', used_on, customers, amount_minor::bigint
FROM on_day
