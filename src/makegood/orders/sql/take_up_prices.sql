-- Sets the monthly price of orders to the newest of their recorded prices that has begun; writes only orders that differ.
-- An order that begins later has the price with which it will begin. Each order finds its price by itself, however few rows
-- the planner expects.
-- Parameters: orders (bigint[]), today (the provider's), at.
-- Index: order_price_by_day (order_id, effective_from), customer_order primary key.
WITH newest AS MATERIALIZED (
    SELECT priced.id AS order_id, begun.price_minor
    FROM customer_order AS priced
    CROSS JOIN LATERAL (
        SELECT order_price.price_minor
        FROM order_price
        WHERE order_price.order_id = priced.id
            AND order_price.effective_from <= greatest(%(today)s::date, priced.from_date)
        ORDER BY order_price.effective_from DESC, order_price.id DESC
        LIMIT 1
    ) AS begun
    WHERE priced.id = ANY (%(orders)s::bigint[]) AND priced.price_minor <> begun.price_minor
)
UPDATE customer_order
SET price_minor = newest.price_minor, updated_at = %(at)s
FROM newest
WHERE customer_order.id = newest.order_id AND customer_order.id = ANY (%(orders)s::bigint[])
