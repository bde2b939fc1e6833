-- Customers of a chunk, credited and locked, who are late with an invoice.
-- Parameters: run, provider, after, upto, claim.
-- Index: invoice_late (provider_id, customer_id) of late ones; run_row_once (run_id, customer_id, order_id).
SELECT DISTINCT invoice.customer_id
FROM invoice
JOIN customer ON customer.id = invoice.customer_id AND customer.billing_enabled
WHERE invoice.provider_id = %(provider)s
    AND invoice.state = 'late'
    AND invoice.in_flight_minor = 0
    AND NOT invoice.by_hand
    AND invoice.customer_id > %(after)s
    AND invoice.customer_id <= %(upto)s
    AND EXISTS (
        SELECT
        FROM run_row
        WHERE run_row.run_id = %(run)s
            AND run_row.customer_id = invoice.customer_id
            AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
    )
