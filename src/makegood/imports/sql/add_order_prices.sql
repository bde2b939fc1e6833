-- Keeps each price with the day from which it holds: a new order's from its first day, a changed one from today, or from
-- the day on which the order will begin. A price that is planned for a later day stays planned.
-- Parameters: provider, today (the provider's day).
-- Index: customer_order primary key.
INSERT INTO order_price (provider_id, order_id, effective_from, price_minor)
SELECT
    %(provider)s,
    import_order.id,
    CASE
        WHEN import_order.change = 'added' THEN import_order.from_date
        ELSE greatest(
            %(today)s,
            (SELECT customer_order.from_date FROM customer_order WHERE customer_order.id = import_order.id),
            import_order.from_date
        )
    END,
    import_order.price_minor
FROM import_order
WHERE import_order.change = 'added'
    OR import_order.price_minor <> import_order.known_price_minor
