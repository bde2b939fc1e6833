-- Customers who may have something to be billed on a day: whose next period has begun; who have begun to be sold something;
-- of whose ended orders something is not settled; who used days of a suspended order that are not billed; who have charges
-- waiting and nothing else to come. Part of the freeze, which finds out.
-- Parameters: provider, day, invoices_from.
-- Index: billing_account_due (provider_id, next_period_on, customer_id); customer_order_by_status; charge_waiting;
-- order_pause_once (order_id, from_on); invoice_of_customer (customer_id), invoice_line primary key.
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
LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
WHERE customer_order.provider_id = %(provider)s
    AND customer_order.status = 'terminated'
    AND NOT customer_order.never_began
    AND customer_order.to_date >= %(invoices_from)s::date - 1
    AND (
        (
            greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until) <= customer_order.to_date
            AND NOT EXISTS (
                SELECT
                FROM order_pause
                WHERE order_pause.order_id = customer_order.id
                    AND order_pause.from_on
                    <= greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until)
                    AND (order_pause.until IS NULL OR order_pause.until > customer_order.to_date)
            )
        )
        OR (
            order_billing.billed_until > customer_order.to_date + 1
            AND EXISTS (
                SELECT
                FROM invoice_line
                WHERE invoice_line.invoice_id = ANY (ARRAY(
                        SELECT invoice.id
                        FROM invoice
                        WHERE invoice.customer_id = customer_order.customer_id
                            AND invoice.number IS NOT NULL
                            AND invoice.state NOT IN ('void', 'uncollectible')
                            AND invoice.cycle = 'monthly'
                            AND invoice.period_to > customer_order.to_date
                    ))
                    AND invoice_line.order_id = customer_order.id
                    AND invoice_line.kind = 'service'
                    AND invoice_line.from_on < order_billing.billed_until
                    AND invoice_line.to_on > customer_order.to_date
            )
        )
    )
UNION
SELECT order_pause.customer_id
FROM order_pause
JOIN customer_order ON customer_order.id = order_pause.order_id AND customer_order.provider_id = %(provider)s
WHERE order_pause.provider_id = %(provider)s
    AND order_pause.until IS NULL
    AND customer_order.status = 'suspended'
    AND greatest(
        customer_order.from_date, %(invoices_from)s,
        (SELECT billed_until FROM order_billing WHERE order_billing.order_id = customer_order.id)
    ) < least(order_pause.from_on, customer_order.to_date + 1)
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
