-- What the credits of a draft will do for the bills of its customers, together with the Available Funds that they have
-- already: pay what is Late at once, pay Open invoices on their days, be left over after the next invoice. Counts are
-- customers; amounts are minor units. Nothing is used by itself for who has billing disabled.
-- Funds are used as they will be: what expires first is taken first, and what expires before the day on which an invoice is
-- collected does not pay it. Who has no Open invoice is reckoned to be billed next what the orders come to. What a payment in
-- flight is for, or people collect, takes no funds. What the credit is used for at once comes first, and is no part of
-- the rest. owes: 1 for who has a Late invoice, 2 with an Open one.
-- Customers, invoices and expiring credits are laid below each other and looked at customer by customer; joins of lists
-- that were just frozen would be planned for a few rows.
-- {estimate}: estimate_next_invoice.sql, of who has no Open invoice; its parameters come with it. {named}: rehearse_named.sql.
-- Parameters: run, provider, today (the provider's day), use_for (an invoice or null).
-- Index: run_row_once (run_id, customer_id, order_id), invoice_owed (customer_id), credit (customer_id),
-- credit_by_last_day (provider_id, expires_on), primary keys of customer and customer_balance.
WITH asked AS MATERIALIZED (
    SELECT customer_id, sum(amount_minor)::bigint AS credit_minor
    FROM run_row
    WHERE run_id = %(run)s AND outcome IS NULL
    GROUP BY customer_id
),
named AS MATERIALIZED (
    {named}
),
estimate AS MATERIALIZED (
    {estimate}
),
line AS (
    SELECT
        asked.customer_id,
        NULL::date AS on_day,
        customer.billing_enabled,
        0 AS owes,
        customer_balance.funds_minor + asked.credit_minor - coalesce(named.amount_minor, 0) AS funds_minor,
        0::bigint AS late_minor,
        0::bigint AS open_minor,
        0::bigint AS next_minor,
        0::bigint AS expired_minor
    FROM asked
    JOIN customer ON customer.id = asked.customer_id
    JOIN customer_balance ON customer_balance.customer_id = asked.customer_id
    LEFT JOIN named ON named.customer_id = asked.customer_id
    UNION ALL
    SELECT
        invoice.customer_id,
        CASE WHEN invoice.state = 'open' THEN greatest(invoice.collect_on, %(today)s::date) END,
        NULL,
        CASE WHEN invoice.state = 'open' THEN 2 ELSE 1 END,
        0,
        CASE WHEN invoice.state = 'late' AND in_flight_minor = 0 AND NOT by_hand THEN left_to_pay.due_minor ELSE 0 END,
        CASE WHEN invoice.state = 'open' AND in_flight_minor = 0 AND NOT by_hand THEN left_to_pay.due_minor ELSE 0 END,
        0,
        0
    FROM asked
    JOIN invoice ON invoice.customer_id = asked.customer_id AND invoice.state IN ('open', 'late')
    LEFT JOIN named ON named.invoice_id = invoice.id
    CROSS JOIN LATERAL (SELECT invoice.due_minor - coalesce(named.amount_minor, 0)) AS left_to_pay (due_minor)
    WHERE invoice.provider_id = %(provider)s
    UNION ALL
    SELECT customer_id, collect_on, NULL, 0, 0, 0, 0, amount_minor, 0
    FROM estimate
    WHERE amount_minor > 0
    UNION ALL
    -- What has expired is no part of the funds any more; what will is taken off on the day after its last.
    SELECT
        credit.customer_id,
        CASE WHEN credit.expires_on >= %(today)s THEN credit.expires_on + 1 END,
        NULL,
        0,
        CASE WHEN credit.expires_on < %(today)s THEN -credit.remaining_minor ELSE 0 END,
        0,
        0,
        0,
        CASE WHEN credit.expires_on >= %(today)s THEN credit.remaining_minor ELSE 0 END
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
of_day AS (
    SELECT
        customer_id,
        on_day,
        bool_or(billing_enabled) AS billing_enabled,
        max(owes) AS owes,
        sum(funds_minor)::bigint AS funds_minor,
        sum(late_minor)::bigint AS late_minor,
        sum(open_minor)::bigint AS open_minor,
        sum(next_minor)::bigint AS next_minor,
        sum(expired_minor)::bigint AS expired_minor
    FROM line
    GROUP BY customer_id, on_day
),
summed AS (
    SELECT
        customer_id,
        on_day,
        open_minor,
        next_minor,
        bool_or(billing_enabled) OVER of_customer AS billing_enabled,
        max(owes) OVER of_customer AS owes,
        (sum(funds_minor) OVER of_customer)::bigint AS funds_minor,
        (sum(late_minor) OVER of_customer)::bigint AS late_minor,
        (sum(expired_minor) OVER until_day)::bigint AS expired_minor,
        (sum(open_minor + next_minor) OVER until_day)::bigint - open_minor - next_minor AS billed_before_minor
    FROM of_day
    WINDOW
        of_customer AS (PARTITION BY customer_id),
        until_day AS (PARTITION BY customer_id ORDER BY on_day NULLS FIRST)
),
-- What was used or has expired before a day is what was billed before it, and besides whatever had expired on some day
-- and could not be used until then: that of the day on which it was most.
gone AS (
    SELECT
        *,
        greatest(
            least(funds_minor, late_minor),
            max(expired_minor - billed_before_minor) OVER (PARTITION BY customer_id ORDER BY on_day NULLS FIRST)
        ) + billed_before_minor AS gone_minor
    FROM summed
),
used AS MATERIALIZED (
    SELECT
        customer_id, on_day, billing_enabled, owes, funds_minor, late_minor, open_minor, next_minor,
        funds_minor - least(funds_minor, gone_minor) AS there_minor,
        least(open_minor + next_minor, funds_minor - least(funds_minor, gone_minor)) AS used_minor
    FROM gone
    WHERE on_day IS NULL OR open_minor > 0 OR next_minor > 0
),
of_customer AS MATERIALIZED (
    SELECT
        customer_id,
        bool_or(billing_enabled) AS billing_enabled,
        max(owes) AS owes,
        max(funds_minor) AS funds_minor,
        max(late_minor) AS late_minor,
        least(max(funds_minor), max(late_minor)) AS late_used_minor,
        sum(open_minor) AS open_minor,
        sum(used_minor) FILTER (WHERE open_minor > 0) AS open_used_minor,
        sum(next_minor) AS next_minor,
        -- After the last of the invoices. There is less after each of them.
        min(there_minor - used_minor) AS left_minor
    FROM used
    GROUP BY customer_id
),
total AS (
    SELECT
        count(*) FILTER (WHERE late_minor > 0) AS late,
        sum(late_used_minor) AS late_minor,
        count(*) FILTER (WHERE late_minor > 0 AND late_used_minor = late_minor) AS settled,
        sum(late_used_minor) FILTER (WHERE late_used_minor = late_minor) AS settled_minor,
        count(*) FILTER (WHERE open_minor > 0) AS open,
        sum(open_used_minor) AS open_minor,
        count(*) FILTER (WHERE owes = 0) AS neither,
        sum(funds_minor) FILTER (WHERE owes = 0) AS neither_minor,
        count(*) FILTER (WHERE left_minor > 0) AS rest,
        sum(left_minor) AS rest_minor,
        count(*) FILTER (WHERE left_minor > 0 AND next_minor > 0) AS estimated,
        sum(left_minor) FILTER (WHERE next_minor > 0) AS estimated_minor,
        count(*) FILTER (WHERE left_minor > 0 AND open_minor = 0 AND next_minor = 0 AND owes < 2) AS unbilled,
        sum(left_minor) FILTER (WHERE open_minor = 0 AND next_minor = 0 AND owes < 2) AS unbilled_minor
    FROM of_customer
    WHERE billing_enabled
),
on_day AS (
    SELECT on_day, count(*) AS customers, sum(used_minor) AS amount_minor
    FROM used
    WHERE open_minor > 0 AND used_minor > 0 AND billing_enabled
    GROUP BY on_day
    ORDER BY on_day
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
FROM of_customer
WHERE NOT billing_enabled
UNION ALL
SELECT 'at_once', NULL, count(*), coalesce(sum(amount_minor), 0)::bigint
FROM named
UNION ALL
SELECT 'on_day', on_day, customers, amount_minor::bigint
FROM on_day
