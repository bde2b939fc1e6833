-- What the customers of a measurement are sold: one order each, three of ten a second one, of two services, one with tax, a
-- fifth on the anniversary cycle, a fifth with autopay. All were billed up to a day before the 1st of March, on which
-- everybody is due.
INSERT INTO service (provider_id, name, price_minor, tax_rate, gl_code_id, active)
SELECT provider.id, service.name, service.price_minor, service.tax_rate, gl_code.id, true
FROM provider
JOIN gl_code ON gl_code.provider_id = provider.id AND gl_code.code = '4000'
CROSS JOIN (VALUES ('Fiber', 4999, 8.875), ('Phone', 1250, 0)) AS service (name, price_minor, tax_rate);

INSERT INTO billing_settings (
    provider_id, invoices_from, review_drafts, prices_include_tax, due_days, autopay_days, charge_tax_rate, late_fee,
    late_fee_grace_days, reminder_days, updated_at
)
SELECT id, '2026-01-01', false, false, 14, 14, 0, 'none', 5, '{3,10}', timestamptz '2026-01-01'
FROM provider;

UPDATE customer SET autopay = true WHERE id % 5 = 0;

INSERT INTO customer_order (
    provider_id, customer_id, number, service_id, street, postal_code, area, status, price_minor, from_date, created_at,
    updated_at
)
SELECT
    customer.provider_id, customer.id, 'O' || lpad(customer.id::text, 8, '0') || '-' || place, service.id,
    customer.street, '90001', 'Area ' || customer.id % 100, 'active', service.price_minor + customer.id % 7 * 100,
    date '2025-06-01' + (customer.id % 28)::integer, timestamptz '2026-01-01', timestamptz '2026-01-01'
FROM customer
CROSS JOIN generate_series(1, 2) AS place
JOIN service ON service.name = CASE place WHEN 1 THEN 'Fiber' ELSE 'Phone' END
WHERE place = 1 OR customer.id % 10 < 3
ORDER BY customer.id, place;

INSERT INTO order_price (provider_id, order_id, effective_from, price_minor)
SELECT provider_id, id, from_date, price_minor FROM customer_order ORDER BY id;

UPDATE customer_figures
SET active_orders = of_customer.orders, monthly_price_minor = of_customer.price_minor
FROM (
    SELECT customer_id, count(*) AS orders, sum(price_minor) AS price_minor FROM customer_order GROUP BY customer_id
) AS of_customer
WHERE of_customer.customer_id = customer_figures.customer_id;

UPDATE billing_account
SET cycle = CASE customer_id % 5 WHEN 1 THEN 'anniversary' ELSE 'monthly' END,
    billing_day = CASE customer_id % 5 WHEN 1 THEN customer_id % 17 + 12 ELSE 1 END,
    next_period_on = CASE customer_id % 5
        WHEN 1 THEN date '2026-02-12' + (customer_id % 17)::integer
        ELSE date '2026-03-01'
    END;

INSERT INTO order_billing (order_id, provider_id, customer_id, billed_until, price_id)
SELECT customer_order.id, customer_order.provider_id, customer_order.customer_id, next_period_on, order_price.id
FROM customer_order
JOIN billing_account ON billing_account.customer_id = customer_order.customer_id
JOIN order_price ON order_price.order_id = customer_order.id
ORDER BY customer_order.id;

VACUUM (ANALYZE)
