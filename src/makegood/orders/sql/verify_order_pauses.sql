-- Orders that a person suspended without a pause that lasts, orders that go on with one, and pauses that name another
-- customer than their order does.
-- Parameters: none.
-- Index: none; reads orders and pauses once.
SELECT customer_order.id AS customer_order, customer_order.status, order_pause.from_on, order_pause.until
FROM customer_order
LEFT JOIN order_pause ON order_pause.order_id = customer_order.id AND order_pause.until IS NULL
WHERE CASE
        WHEN customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL
            THEN order_pause.id IS NOT NULL
        WHEN customer_order.status = 'suspended' THEN order_pause.id IS NULL
    END
UNION ALL
SELECT customer_order.id, customer_order.status, order_pause.from_on, order_pause.until
FROM order_pause
JOIN customer_order ON customer_order.id = order_pause.order_id
WHERE (customer_order.customer_id, customer_order.provider_id) <> (order_pause.customer_id, order_pause.provider_id)
