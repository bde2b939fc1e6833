-- Orders whose days up to a day pass without being billed: those of customers who are not billed, and those that a person
-- suspended; each with the first day after. Part of the statements that find and pass them.
-- Parameters: provider, day, invoices_from, is_on (whether End Customer Billing is on).
-- Index: customer_order (customer_id); order_billing primary key.
SELECT
    customer_order.id AS order_id,
    customer_order.customer_id,
    least(
        customer_order.to_date + 1,
        CASE
            WHEN %(is_on)s AND customer.billing_enabled THEN %(day)s::date + 1
            ELSE cycle_end(
                %(day)s, coalesce(billing_account.billing_day, extract(day FROM customer_order.from_date))::integer
            )
        END
    ) AS until
FROM customer_order
JOIN customer ON customer.id = customer_order.customer_id
JOIN billing_account ON billing_account.customer_id = customer_order.customer_id
LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
WHERE customer_order.provider_id = %(provider)s
    AND greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until)
    <= least(%(day)s, customer_order.to_date)
    AND (
        (customer_order.status = 'suspended' AND customer_order.suspended_late_on IS NULL)
        OR (NOT (%(is_on)s AND customer.billing_enabled) AND customer_order.status <> 'pending')
    )
