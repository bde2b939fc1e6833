-- A hash, for each customer, of all that an invoice is made from: account, what the first invoice fixes of the settings, orders
-- with how far they are billed and their newest price, waiting charges, adjustments. The same twice: nothing of it has changed
-- in between. Part of other statements.
-- {customers}: a query that yields customer_id.
-- Parameters: provider.
-- Index: billing_account and billing_settings primary keys; customer_order (customer_id); order_price_by_day; charge_waiting.
SELECT customer_id, bit_xor(fact) AS basis
FROM (
    SELECT
        billing_account.customer_id,
        hash_record_extended(
            ROW (1, cycle, billing_day, next_period_on, billing_settings.prices_include_tax, billing_settings.invoices_from), 0
        ) AS fact
    FROM billing_account
    LEFT JOIN billing_settings ON billing_settings.provider_id = billing_account.provider_id
    WHERE billing_account.customer_id IN ({customers})
    UNION ALL
    SELECT
        customer_order.customer_id,
        hash_record_extended(
            ROW (
                2,
                customer_order.id,
                customer_order.from_date,
                customer_order.to_date,
                customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL,
                customer_order.status = 'terminated',
                service.tax_rate,
                service.gl_code_id,
                order_billing.billed_until,
                order_billing.passed_until,
                order_billing.price_id,
                (SELECT max(id) FROM order_price WHERE order_price.order_id = customer_order.id)
            ),
            0
        )
    FROM customer_order
    JOIN service ON service.id = customer_order.service_id
    LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
    WHERE customer_order.customer_id IN ({customers})
        AND (customer_order.status IN ('active', 'terminated') OR customer_order.suspended_late_on IS NOT NULL)
    UNION ALL
    SELECT customer_id, hash_record_extended(ROW (3, id, amount_minor), 0)
    FROM charge
    WHERE provider_id = %(provider)s AND state = 'waiting' AND customer_id IN ({customers})
    UNION ALL
    SELECT customer_id, hash_record_extended(ROW (4, id, until_on), 0)
    FROM order_adjustment
    WHERE provider_id = %(provider)s AND customer_id IN ({customers})
) AS facts
GROUP BY customer_id
