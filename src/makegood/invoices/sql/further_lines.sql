-- Lines of discounts and surcharges whose days contain the first day of the period, and of waiting charges. A discount takes
-- off at most what is left of what the order costs in the period. Where unused days of an ended order are given back, the
-- share of the discounts and surcharges that were billed with them goes back as well. Part of the freeze, whose sold, billed and
-- service_line and corrected it reads.
-- Parameters: provider.
-- Index: order_adjustment (order_id); charge_waiting (provider_id, customer_id); invoice_line primary key.
SELECT
    customer_id, order_id, 4, NULL, adjustment_id, 'adjustment', period_from, period_until - 1, amount_minor, tax_rate,
    gl_code_id, description
FROM (
    SELECT
        sold.customer_id, sold.order_id, sold.tax_rate, billed.period_from, billed.period_until,
        order_adjustment.id AS adjustment_id, order_adjustment.gl_code_id, order_adjustment.description,
        CASE order_adjustment.direction
            WHEN 'charge' THEN order_adjustment.amount_minor
            ELSE -least(
                order_adjustment.amount_minor,
                greatest(cost.amount_minor - coalesce(
                    sum(order_adjustment.amount_minor) FILTER (WHERE order_adjustment.direction = 'credit') OVER (
                        PARTITION BY sold.order_id
                        ORDER BY order_adjustment.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                    ),
                    0
                ), 0)
            )::bigint
        END AS amount_minor
    FROM order_adjustment
    JOIN sold ON sold.order_id = order_adjustment.order_id AND sold.goes_on
    JOIN billed ON billed.customer_id = sold.customer_id
    JOIN (
        SELECT order_id, sum(amount_minor)::bigint AS amount_minor
        FROM service_line
        WHERE to_on >= period_from
        GROUP BY order_id
    ) AS cost
        ON cost.order_id = sold.order_id
    WHERE order_adjustment.provider_id = %(provider)s
        AND order_adjustment.from_on <= billed.period_from
        AND (order_adjustment.until_on IS NULL OR order_adjustment.until_on >= billed.period_from)
) AS adjusted
WHERE amount_minor <> 0
UNION ALL
SELECT
    charge.customer_id, charge.order_id, 5, charge.id, NULL, 'charge', NULL, NULL, charge.amount_minor, charge.tax_rate,
    charge.gl_code_id, charge.description
FROM billed
JOIN charge
    ON charge.customer_id = billed.customer_id AND charge.provider_id = %(provider)s AND charge.state = 'waiting'
UNION ALL
SELECT
    customer_id, order_id, 4, NULL, adjustment_id, 'adjustment', unused_from, to_on, amount_minor_back, tax_rate, gl_code_id,
    left(description, 490) || ', unused'
FROM (
    SELECT
        invoice_line.*,
        each.unused_from,
        -round(
            invoice_line.amount_minor::numeric * (invoice_line.to_on - each.unused_from + 1)
            / (invoice_line.to_on - invoice_line.from_on + 1)
        )::bigint AS amount_minor_back
    FROM (
        SELECT billed_by_id, order_id, min(from_on) AS from_on
        FROM corrected
        WHERE kind = 'unused_time'
        GROUP BY billed_by_id, order_id
    ) AS unused
    JOIN invoice_line
        ON invoice_line.invoice_id = unused.billed_by_id
        AND invoice_line.order_id = unused.order_id
        AND invoice_line.kind = 'adjustment'
        AND invoice_line.to_on >= unused.from_on
    CROSS JOIN LATERAL (SELECT greatest(invoice_line.from_on, unused.from_on) AS unused_from) AS each
) AS given_back
WHERE amount_minor_back <> 0
