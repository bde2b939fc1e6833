-- The stored figures of the new customers.
-- Parameters: provider.
-- Index: none beyond the table's own.
INSERT INTO customer_figures (customer_id, provider_id, active_orders, monthly_price_minor)
SELECT
    import_customer.id,
    %(provider)s,
    count(import_order.id),
    coalesce(sum(import_order.price_minor), 0)
FROM import_customer
LEFT JOIN import_order ON import_order.customer_id = import_customer.id AND import_order.status = 'active'
WHERE import_customer.change = 'added'
GROUP BY import_customer.id
