-- Discounts and surcharges that name an order of another customer, or a GL code that does not fit their direction.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT order_adjustment.id AS adjustment, order_adjustment.order_id AS order_id
FROM order_adjustment
LEFT JOIN customer_order
    ON customer_order.id = order_adjustment.order_id
    AND customer_order.customer_id = order_adjustment.customer_id
    AND customer_order.provider_id = order_adjustment.provider_id
LEFT JOIN gl_code
    ON gl_code.id = order_adjustment.gl_code_id
    AND gl_code.provider_id = order_adjustment.provider_id
    AND (
        CASE order_adjustment.direction WHEN 'credit' THEN gl_code.type = 'credit' ELSE gl_code.type IN ('fee', 'service') END
    )
WHERE customer_order.id IS NULL OR gl_code.id IS NULL
