-- Orders that are billed for a day more than once, or have days given back that were not billed: what services cover on
-- issued invoices that are not void, less unused time, is each day nothing or one.
-- Parameters: none.
-- Index: none; reads lines once.
SELECT order_id AS "order", day, billed
FROM (
    SELECT order_id, day, sum(sum(change)) OVER (PARTITION BY order_id ORDER BY day) AS billed
    FROM (
        SELECT
            invoice_line.order_id,
            edge.day,
            CASE invoice_line.kind WHEN 'service' THEN edge.change ELSE -edge.change END AS change
        FROM invoice_line
        JOIN invoice ON invoice.id = invoice_line.invoice_id AND invoice.number IS NOT NULL AND invoice.state <> 'void'
        CROSS JOIN LATERAL (
            VALUES (invoice_line.from_on, 1), (invoice_line.to_on + 1, -1)
        ) AS edge (day, change)
        WHERE invoice_line.kind IN ('service', 'unused_time')
    ) AS edges
    GROUP BY order_id, day
) AS covered
WHERE billed NOT IN (0, 1)
