-- Sets the stored figures of customers from their orders; writes only rows that differ.
-- Parameters: provider, customers (bigint[]; null for all of the provider).
-- Index: customer_order (customer_id); customer_figures primary key.
UPDATE customer_figures AS figures
SET active_orders = fresh.active_orders, monthly_price_minor = fresh.monthly_price_minor
FROM (
    SELECT
        customer.id,
        count(customer_order.id) AS active_orders,
        coalesce(sum(customer_order.price_minor), 0) AS monthly_price_minor
    FROM customer
    LEFT JOIN customer_order
        ON customer_order.customer_id = customer.id AND customer_order.status = 'active'
    WHERE customer.provider_id = %(provider)s
        AND (%(customers)s::bigint[] IS NULL OR customer.id = ANY (%(customers)s::bigint[]))
    GROUP BY customer.id
) AS fresh
WHERE figures.customer_id = fresh.id
    AND (figures.active_orders, figures.monthly_price_minor)
    IS DISTINCT FROM (fresh.active_orders, fresh.monthly_price_minor)
