-- Orders of some customers that today brings a change to: the last day has passed, or another price has begun.
-- Each order is looked at alone, and finds its price by itself: where the planner takes orders and prices for a few rows, as
-- after they were analyzed while they were empty, it would otherwise read all prices for each of them.
-- Parameters: provider, today (the provider's), after (customer id, exclusive), upto (inclusive).
-- Index: customer_order (customer_id) for a few customers, none for all of them; order_price_by_day (order_id, effective_from).
SELECT customer_order.id, customer_order.customer_id
FROM customer_order
LEFT JOIN LATERAL (
    SELECT order_price.effective_from, order_price.price_minor
    FROM order_price
    WHERE order_price.order_id = customer_order.id
        AND order_price.effective_from <= greatest(%(today)s::date, customer_order.from_date)
    ORDER BY order_price.effective_from DESC, order_price.id DESC
    LIMIT 1
) AS newest ON true
WHERE customer_order.provider_id = %(provider)s
    AND customer_order.customer_id > %(after)s
    AND customer_order.customer_id <= %(upto)s
    AND (
        (customer_order.status <> 'terminated' AND customer_order.to_date < %(today)s::date)
        OR (newest.effective_from <= %(today)s::date AND newest.price_minor <> customer_order.price_minor)
    )
ORDER BY customer_order.customer_id, customer_order.id
