-- Moves orders, accounts and charges on behind the invoices that were just issued: to the day up to which they are billed.
-- Parameters: provider, first_id, last_id, first_number, last_number.
-- Index: invoice_line primary key, within the range of the chunk's invoices; order_price_by_day; billing_account and charge
-- primary keys.
WITH issued AS MATERIALIZED (
    SELECT id, customer_id, kind, period_to
    FROM invoice
    WHERE id BETWEEN %(first_id)s AND %(last_id)s
        AND number BETWEEN %(first_number)s AND %(last_number)s
        AND provider_id = %(provider)s
),
line AS MATERIALIZED (
    SELECT customer_id, order_id, charge_id, kind, from_on, to_on
    FROM invoice_line
    WHERE invoice_id BETWEEN %(first_id)s AND %(last_id)s
        AND invoice_id IN (SELECT id FROM issued)
        AND kind <> 'adjustment'
),
billed AS (
    INSERT INTO order_billing (order_id, provider_id, customer_id, billed_until, price_id)
    SELECT
        order_id,
        %(provider)s,
        customer_id,
        coalesce(max(to_on) FILTER (WHERE kind = 'service') + 1, min(from_on) FILTER (WHERE kind = 'unused_time')),
        (SELECT max(id) FROM order_price WHERE order_price.order_id = line.order_id)
    FROM line
    WHERE kind IN ('service', 'unused_time')
    GROUP BY order_id, customer_id
    ORDER BY order_id
    ON CONFLICT (order_id) DO UPDATE SET billed_until = excluded.billed_until, price_id = excluded.price_id
),
repriced AS (
    UPDATE order_billing
    SET price_id = (SELECT max(id) FROM order_price WHERE order_price.order_id = order_billing.order_id)
    FROM (
        SELECT DISTINCT order_id FROM line WHERE kind = 'price_change'
        EXCEPT
        SELECT order_id FROM line WHERE kind IN ('service', 'unused_time')
    ) AS corrected
    WHERE order_billing.order_id = corrected.order_id
),
account AS (
    UPDATE billing_account
    SET next_period_on = CASE WHEN issued.kind = 'period' THEN issued.period_to + 1 END,
        billing_day = coalesce(
            billing_account.billing_day,
            (
                SELECT extract(day FROM coalesce(
                    min(from_date) FILTER (WHERE status = 'active' OR suspended_late_on IS NOT NULL), min(from_date)
                ))
                FROM customer_order
                WHERE customer_order.customer_id = billing_account.customer_id
                    AND NOT customer_order.never_began
                    AND status <> 'pending'
            )
        )
    FROM issued
    WHERE billing_account.customer_id = issued.customer_id
        AND (
            issued.kind <> 'single'
            -- Of who has nothing that goes on, no period follows.
            OR NOT EXISTS (
                SELECT
                FROM customer_order
                WHERE customer_order.customer_id = issued.customer_id
                    AND (customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL)
            )
        )
)
UPDATE charge
SET state = 'invoiced'
FROM line
WHERE charge.id = line.charge_id AND line.kind = 'charge'
