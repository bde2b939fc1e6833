-- A hash, for each customer, of all that an invoice is made from: account, what the first invoice fixes of the settings, orders
-- with how far they are billed, their newest price and their pauses, waiting charges, adjustments, which of the invoices do not
-- stand any more. The same twice: nothing of it has changed in between. Each table is bounded by a range as well, so that it
-- is not read as a whole for each chunk. Part of other statements.
-- {customers}: a query that yields customer_id.
-- Parameters: provider; after, upto (a range that all of them are in, exclusive and inclusive).
-- Index: billing_account and billing_settings primary keys; customer_order and order_billing (customer_id); order_price_by_day;
-- charge_waiting; order_pause (customer_id); invoice_given_up (customer_id).
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
        AND billing_account.customer_id > %(after)s
        AND billing_account.customer_id <= %(upto)s
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
                order_billing.price_id,
                (SELECT max(id) FROM order_price WHERE order_price.order_id = customer_order.id)
            ),
            0
        )
    FROM customer_order
    JOIN service ON service.id = customer_order.service_id
    LEFT JOIN order_billing
        ON order_billing.order_id = customer_order.id
        AND order_billing.customer_id > %(after)s
        AND order_billing.customer_id <= %(upto)s
    WHERE customer_order.customer_id IN ({customers})
        AND customer_order.customer_id > %(after)s
        AND customer_order.customer_id <= %(upto)s
        AND customer_order.status <> 'pending'
    UNION ALL
    SELECT customer_id, hash_record_extended(ROW (3, id, amount_minor), 0)
    FROM charge
    WHERE provider_id = %(provider)s
        AND state = 'waiting'
        AND customer_id IN ({customers})
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
    UNION ALL
    SELECT customer_id, hash_record_extended(ROW (4, id, until_on), 0)
    FROM order_adjustment
    WHERE provider_id = %(provider)s
        AND customer_id IN ({customers})
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
    UNION ALL
    SELECT customer_id, hash_record_extended(ROW (5, id, until), 0)
    FROM order_pause
    WHERE provider_id = %(provider)s
        AND customer_id IN ({customers})
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
    UNION ALL
    SELECT customer_id, hash_record_extended(ROW (6, id), 0)
    FROM invoice
    WHERE number IS NOT NULL
        AND state IN ('void', 'uncollectible')
        AND customer_id IN ({customers})
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
) AS facts
GROUP BY customer_id
