-- Orders whose monthly price is not the newest of their recorded prices that has begun; of several on a day, the last.
-- A price that begins today may be taken up during the day: yesterday's is right too; and while days are not worked, that of
-- the last day that was. An order that begins later has the
-- price with which it will begin.
-- Parameters: at.
-- Index: order_price_by_day (order_id, effective_from); reads orders and prices once.
SELECT customer_order.id AS customer_order, customer_order.price_minor, newest.price_minor AS newest_minor
FROM customer_order
JOIN provider ON provider.id = customer_order.provider_id
LEFT JOIN (
    SELECT DISTINCT ON (order_price.order_id) order_price.order_id, order_price.price_minor
    FROM order_price
    JOIN customer_order AS priced ON priced.id = order_price.order_id
    JOIN provider AS selling ON selling.id = priced.provider_id
    WHERE order_price.effective_from <= greatest((%(at)s AT TIME ZONE selling.timezone)::date, selling.day_reached, priced.from_date)
    ORDER BY order_price.order_id, order_price.effective_from DESC, order_price.id DESC
) AS newest ON newest.order_id = customer_order.id
WHERE customer_order.price_minor IS DISTINCT FROM newest.price_minor
    AND customer_order.price_minor IS DISTINCT FROM (
        SELECT earlier.price_minor
        FROM order_price AS earlier
        WHERE earlier.order_id = customer_order.id
            AND earlier.effective_from <= CASE
                WHEN provider.day_reached < (%(at)s AT TIME ZONE provider.timezone)::date THEN provider.day_reached
                ELSE greatest((%(at)s AT TIME ZONE provider.timezone)::date, provider.day_reached) - 1
            END
        ORDER BY earlier.effective_from DESC, earlier.id DESC
        LIMIT 1
    )
