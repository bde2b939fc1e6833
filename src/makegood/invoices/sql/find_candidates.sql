-- Customers who may have something to be billed on a day: whose next period has begun; who have begun to be sold something;
-- of whose ended orders something is not settled; who have charges waiting and nothing else to come. Part of the freeze,
-- which finds out.
-- Parameters: provider, day, invoices_from.
-- Index: billing_account_due (provider_id, next_period_on, customer_id); customer_order_by_status; charge_waiting.
SELECT customer_id
FROM billing_account
WHERE provider_id = %(provider)s AND next_period_on <= %(day)s
UNION
SELECT billing_account.customer_id
FROM billing_account
JOIN customer_order
    ON customer_order.customer_id = billing_account.customer_id
    AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
    AND customer_order.from_date <= %(day)s
WHERE billing_account.provider_id = %(provider)s AND billing_account.next_period_on IS NULL
UNION
SELECT customer_order.customer_id
FROM customer_order
JOIN billing_account ON billing_account.customer_id = customer_order.customer_id
LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
WHERE customer_order.provider_id = %(provider)s
    AND customer_order.status = 'terminated'
    AND NOT customer_order.never_began
    AND customer_order.to_date >= %(invoices_from)s::date - 1
    AND (
        greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until) <= customer_order.to_date
        OR (
            billing_account.cycle = 'monthly'
            AND order_billing.billed_until
            > greatest(customer_order.to_date + 1, %(invoices_from)s, order_billing.passed_until)
        )
    )
UNION
SELECT charge.customer_id
FROM charge
WHERE charge.provider_id = %(provider)s
    AND charge.state = 'waiting'
    AND charge.late_fee_of_id IS NULL
    AND NOT EXISTS (
        SELECT
        FROM customer_order
        WHERE customer_order.customer_id = charge.customer_id
            AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
    )
