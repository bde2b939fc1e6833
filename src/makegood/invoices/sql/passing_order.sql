-- Orders whose days up to a day pass without being billed, as their customers are not: those of which one of these days was
-- used and is not billed; each with the first day after the cycle. Part of the statements that find and pass them.
-- Parameters: provider, day, invoices_from, is_on (whether End Customer Billing is on).
-- Index: customer_order (customer_id); order_billing primary key; order_pause_once (order_id, from_on).
SELECT
    customer_order.id AS order_id,
    customer_order.customer_id,
    least(
        customer_order.to_date + 1,
        cycle_end(%(day)s, coalesce(billing_account.billing_day, extract(day FROM customer_order.from_date))::integer)
    ) AS until
FROM customer_order
JOIN customer ON customer.id = customer_order.customer_id
JOIN billing_account ON billing_account.customer_id = customer_order.customer_id
LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
CROSS JOIN LATERAL (
    SELECT
        greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until) AS first,
        least(%(day)s, customer_order.to_date) AS last
) AS open_days
WHERE customer_order.provider_id = %(provider)s
    AND NOT (%(is_on)s AND customer.billing_enabled)
    AND customer_order.status <> 'pending'
    AND open_days.first <= open_days.last
    AND NOT EXISTS (
        SELECT
        FROM order_pause
        WHERE order_pause.order_id = customer_order.id
            AND order_pause.from_on <= open_days.first
            AND (order_pause.until IS NULL OR order_pause.until > open_days.last)
    )
