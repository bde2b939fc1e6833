-- Orders whose monthly price is not the newest of their recorded prices; of several on a day, the last.
-- Parameters: none.
-- Index: none; reads orders and prices once.
SELECT customer_order.id AS customer_order, customer_order.price_minor, newest.price_minor AS newest_minor
FROM customer_order
LEFT JOIN (
    SELECT DISTINCT ON (order_id) order_id, price_minor FROM order_price ORDER BY order_id, effective_from DESC, id DESC
) AS newest ON newest.order_id = customer_order.id
WHERE customer_order.price_minor IS DISTINCT FROM newest.price_minor
