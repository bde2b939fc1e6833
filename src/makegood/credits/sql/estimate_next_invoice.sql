-- What customers without an Open invoice will be billed next, as their orders stand: the monthly prices of what goes on, less
-- discounts, with surcharges, waiting charges and tax; in minor units. Parts of months and corrections are not reckoned.
-- collect_on: when Available Funds will be used for it. Who has nothing to be billed is left out. Part of rehearse_bills.sql,
-- whose asked it reads.
-- Parameters: provider, today, due_days, autopay_days, prices_include_tax.
-- Index: primary keys of customer and billing_account, invoice_owed (customer_id), customer_order (customer_id),
-- order_adjustment (order_id), charge_waiting.
WITH account AS MATERIALIZED (
    SELECT
        asked.customer_id,
        billed.period_from,
        billed.period_from + CASE WHEN customer.autopay THEN %(autopay_days)s ELSE %(due_days)s END::integer AS collect_on
    FROM asked
    JOIN customer ON customer.id = asked.customer_id
    JOIN billing_account ON billing_account.customer_id = asked.customer_id
    CROSS JOIN LATERAL (SELECT greatest(billing_account.next_period_on, %(today)s::date) AS period_from) AS billed
    WHERE NOT EXISTS (SELECT FROM invoice WHERE invoice.customer_id = asked.customer_id AND invoice.state = 'open')
),
sold AS MATERIALIZED (
    SELECT
        account.customer_id,
        account.collect_on,
        service.tax_rate,
        greatest(customer_order.price_minor - adjusted.discounts_minor, 0) + adjusted.surcharges_minor AS amount_minor
    FROM account
    JOIN customer_order
        ON customer_order.customer_id = account.customer_id
        AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
        AND (customer_order.to_date IS NULL OR customer_order.to_date >= account.period_from)
    JOIN service ON service.id = customer_order.service_id
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(amount_minor) FILTER (WHERE direction = 'credit'), 0) AS discounts_minor,
            coalesce(sum(amount_minor) FILTER (WHERE direction = 'charge'), 0) AS surcharges_minor
        FROM order_adjustment
        -- Asked once; many providers have none.
        WHERE (SELECT EXISTS (SELECT FROM order_adjustment WHERE provider_id = %(provider)s))
            AND order_adjustment.order_id = customer_order.id
            AND order_adjustment.from_on <= account.period_from
            AND (order_adjustment.until_on IS NULL OR order_adjustment.until_on >= account.period_from)
    ) AS adjusted
)
SELECT
    customer_id,
    sum(
        amount_minor + CASE WHEN %(prices_include_tax)s THEN 0 ELSE round(amount_minor * tax_rate / 100) END
    )::bigint AS amount_minor,
    max(collect_on) AS collect_on
FROM (
    SELECT customer_id, tax_rate, sum(amount_minor) AS amount_minor, max(collect_on) AS collect_on
    FROM (
        SELECT customer_id, tax_rate, amount_minor, collect_on
        FROM sold
        UNION ALL
        SELECT charge.customer_id, charge.tax_rate, charge.amount_minor, account.collect_on
        FROM account
        JOIN charge
            ON charge.customer_id = account.customer_id
            AND charge.provider_id = %(provider)s
            AND charge.state = 'waiting'
        -- Late fees of who is billed nothing else wait.
        WHERE charge.late_fee_of_id IS NULL OR charge.customer_id IN (SELECT customer_id FROM sold)
    ) AS line
    GROUP BY customer_id, tax_rate
) AS of_rate
GROUP BY customer_id
