-- Takes the days of the services on an invoice for passed without being billed.
-- Parameters: invoice.
-- Index: invoice_line and order_billing primary keys.
UPDATE order_billing
SET passed_until = greatest(order_billing.passed_until, billed.until)
FROM (
    SELECT order_id, max(to_on) + 1 AS until
    FROM invoice_line
    WHERE invoice_id = %(invoice)s AND kind = 'service'
    GROUP BY order_id
) AS billed
WHERE order_billing.order_id = billed.order_id
