-- Unused time that should not have come back: of days that no earlier invoice of a monthly cycle billed, or that stood on one
-- that had been uncollectible before.
-- Parameters: none.
-- Index: none; reads lines once.
SELECT back.invoice_id AS invoice, back.position, back.order_id AS "order", back.from_on, back.to_on
FROM invoice_line AS back
JOIN invoice AS gives ON gives.id = back.invoice_id AND gives.number IS NOT NULL
WHERE back.kind = 'unused_time'
    AND NOT EXISTS (
        SELECT
        FROM invoice_line AS billed
        JOIN invoice ON invoice.id = billed.invoice_id
        WHERE billed.order_id = back.order_id
            AND billed.invoice_id < back.invoice_id
            AND billed.kind = 'service'
            AND billed.from_on <= back.from_on
            AND billed.to_on >= back.to_on
            AND invoice.number IS NOT NULL
            AND invoice.cycle = 'monthly'
            AND (invoice.state <> 'uncollectible' OR invoice.settled_on >= gives.issued_on)
    )
