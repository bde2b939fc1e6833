-- Keeps each price with the day from which it holds: a new order's from its first day, a changed one from today,
-- but never before a price that is known already.
-- Parameters: provider, today (the provider's day).
-- Index: order_price_by_day (order_id, effective_from).
INSERT INTO order_price (provider_id, order_id, effective_from, price_minor)
SELECT
    %(provider)s,
    import_order.id,
    CASE
        WHEN import_order.change = 'added' THEN import_order.from_date
        ELSE greatest(
            %(today)s,
            (SELECT max(order_price.effective_from) FROM order_price WHERE order_price.order_id = import_order.id)
        )
    END,
    import_order.price_minor
FROM import_order
WHERE import_order.change = 'added'
    OR import_order.price_minor <> import_order.known_price_minor
