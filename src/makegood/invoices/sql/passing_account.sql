-- Accounts whose next period has begun and will not be billed: the customer is not billed, or no order goes on in it. Part of
-- the statements that find and pass them.
-- Parameters: provider, day, invoices_from, is_on (whether End Customer Billing is on).
-- Index: billing_account_due (provider_id, next_period_on, customer_id); customer_order (customer_id);
-- order_pause_once (order_id, from_on).
SELECT billing_account.customer_id
FROM billing_account
JOIN customer ON customer.id = billing_account.customer_id
WHERE billing_account.provider_id = %(provider)s
    AND billing_account.next_period_on <= %(day)s
    AND (
        NOT (%(is_on)s AND customer.billing_enabled)
        OR NOT EXISTS (
            SELECT
            FROM customer_order
            LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
            WHERE customer_order.customer_id = billing_account.customer_id
                AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
                AND greatest(
                    customer_order.from_date, %(invoices_from)s, order_billing.billed_until,
                    -- What is resumed goes on where its pause ended.
                    (
                        SELECT max(order_pause.until)
                        FROM order_pause
                        WHERE order_pause.order_id = customer_order.id
                            AND order_pause.from_on
                            <= greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until)
                    )
                ) < cycle_end(billing_account.next_period_on, coalesce(billing_account.billing_day, 1)::integer)
        )
    )
