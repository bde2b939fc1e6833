-- Ends the pauses of orders that the file makes active: from today they are used again. Before the orders are written.
-- Parameters: today (the provider's day). (The ids are of matched records, hence of the provider.)
-- Index: order_pause_open (order_id).
UPDATE order_pause
SET until = greatest(order_pause.from_on, %(today)s)
FROM import_order
WHERE import_order.change = 'updated'
    AND import_order.status = 'active'
    AND order_pause.order_id = import_order.id
    AND order_pause.until IS NULL
