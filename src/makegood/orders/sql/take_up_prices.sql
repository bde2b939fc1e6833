-- Sets the monthly price of orders to the newest of their recorded prices that has begun; writes only orders that differ.
-- An order that begins later has the price with which it will begin.
-- Parameters: orders (bigint[]), today (the provider's), at.
-- Index: order_price_by_day (order_id, effective_from).
UPDATE customer_order
SET price_minor = newest.price_minor, updated_at = %(at)s
FROM (
    SELECT DISTINCT ON (order_price.order_id) order_price.order_id, order_price.price_minor
    FROM order_price
    JOIN customer_order AS priced ON priced.id = order_price.order_id
    WHERE order_price.order_id = ANY (%(orders)s::bigint[])
        AND order_price.effective_from <= greatest(%(today)s::date, priced.from_date)
    ORDER BY order_price.order_id, order_price.effective_from DESC, order_price.id DESC
) AS newest
WHERE customer_order.id = newest.order_id AND customer_order.price_minor <> newest.price_minor
