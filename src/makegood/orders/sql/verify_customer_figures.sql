-- Customers whose stored active orders or monthly price differ from their orders, or who have no stored figures.
-- Parameters: none.
-- Index: none; reads customers and orders once.
SELECT
    customer.id AS customer,
    figures.active_orders AS stored_orders,
    coalesce(counted.active_orders, 0) AS counted_orders,
    figures.monthly_price_minor AS stored_price_minor,
    coalesce(counted.price_minor, 0) AS counted_price_minor
FROM customer
LEFT JOIN customer_figures AS figures ON figures.customer_id = customer.id
LEFT JOIN (
    SELECT customer_id, count(*) AS active_orders, sum(price_minor) AS price_minor
    FROM customer_order
    WHERE status = 'active'
    GROUP BY customer_id
) AS counted ON counted.customer_id = customer.id
WHERE (figures.active_orders, figures.monthly_price_minor)
    IS DISTINCT FROM (coalesce(counted.active_orders, 0), coalesce(counted.price_minor, 0))
