-- Late invoices whose days of grace are over, without a late fee, with something left to pay; and the fee for each. None for
-- whom no order goes on into a further period: it would wait for an invoice that does not come.
-- {left_to_pay}: late_left_to_pay.sql; its parameters come with it.
-- Parameters: provider, customers, after, day, grace_days, fixed_minor (null for a percentage), percent, limit.
-- Index: charge (late_fee_of_id); customer_order (customer_id); primary keys of customer and billing_account.
SELECT left_to_pay.invoice_id, left_to_pay.customer_id, left_to_pay.number, fee.amount_minor
FROM ({left_to_pay}) AS left_to_pay
JOIN customer
    ON customer.id = left_to_pay.customer_id AND customer.billing_enabled AND customer.status = 'active'
CROSS JOIN LATERAL (
    SELECT coalesce(%(fixed_minor)s::bigint, round(left_to_pay.left_minor * %(percent)s::numeric / 100)::bigint) AS amount_minor
) AS fee
WHERE left_to_pay.due_on + %(grace_days)s::integer <= %(day)s::date
    AND fee.amount_minor > 0
    AND EXISTS (
        SELECT
        FROM customer_order
        JOIN billing_account ON billing_account.customer_id = customer_order.customer_id
        WHERE customer_order.customer_id = left_to_pay.customer_id
            AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
            AND coalesce(customer_order.to_date >= billing_account.next_period_on, true)
    )
    AND NOT EXISTS (SELECT FROM charge WHERE charge.late_fee_of_id = left_to_pay.invoice_id)
ORDER BY left_to_pay.customer_id, left_to_pay.invoice_id
LIMIT %(limit)s
