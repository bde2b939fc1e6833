-- Charges that name a customer, order, row of a run, GL code or invoice that does not exist or is not theirs, or that say
-- another amount than the row of the run that made them: what foreign keys would hold elsewhere.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT charge.id AS charge, charge.customer_id AS customer
FROM charge
LEFT JOIN customer ON customer.id = charge.customer_id AND customer.provider_id = charge.provider_id
LEFT JOIN customer_order
    ON customer_order.id = charge.order_id
    AND customer_order.customer_id = charge.customer_id
    AND customer_order.provider_id = charge.provider_id
LEFT JOIN run_row
    ON run_row.id = charge.run_row_id
    AND run_row.customer_id = charge.customer_id
    AND run_row.provider_id = charge.provider_id
    AND run_row.order_id IS NOT DISTINCT FROM charge.order_id
    AND run_row.amount_minor = charge.amount_minor
LEFT JOIN gl_code
    ON gl_code.id = charge.gl_code_id
    AND gl_code.provider_id = charge.provider_id
    AND gl_code.type IN ('fee', 'service')
LEFT JOIN invoice
    ON invoice.id = charge.late_fee_of_id
    AND invoice.customer_id = charge.customer_id
    AND invoice.provider_id = charge.provider_id
WHERE customer.id IS NULL
    OR gl_code.id IS NULL
    OR (charge.order_id IS NOT NULL AND customer_order.id IS NULL)
    OR (charge.run_row_id IS NOT NULL AND run_row.id IS NULL)
    OR (charge.late_fee_of_id IS NOT NULL AND invoice.id IS NULL)
