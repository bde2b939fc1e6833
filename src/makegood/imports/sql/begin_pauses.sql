-- Begins pauses of orders that the file suspends, or makes pending: of those that it adds from their first day; of known ones
-- after today, which was used still, of those that had ended after their last day. What had not begun was never used. Before
-- the known orders are written, after the new ones are.
-- Parameters: provider, today (the provider's day).
-- Index: customer_order primary key; order_pause_open (order_id).
INSERT INTO order_pause (provider_id, customer_id, order_id, from_on)
SELECT
    %(provider)s,
    import_order.customer_id,
    import_order.id,
    CASE
        WHEN import_order.change = 'added' OR customer_order.status = 'pending' OR customer_order.never_began
            THEN import_order.from_date
        ELSE greatest(import_order.from_date, least(%(today)s::date, customer_order.to_date) + 1)
    END
FROM import_order
JOIN customer_order ON customer_order.id = import_order.id
WHERE (
        import_order.status = 'suspended'
        OR (import_order.status = 'pending' AND customer_order.status NOT IN ('pending', 'terminated'))
    )
    AND (import_order.change = 'added' OR import_order.status <> customer_order.status)
    AND NOT EXISTS (
        SELECT FROM order_pause WHERE order_pause.order_id = import_order.id AND order_pause.until IS NULL
    )
ON CONFLICT (order_id, from_on) DO UPDATE SET until = NULL
