-- Rows of runs that name a run, customer, order or row that does not exist or is not theirs, or are still marked as being
-- booked: what foreign keys would hold elsewhere.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT run_row.id AS run_row, run_row.run_id AS run
FROM run_row
LEFT JOIN run ON run.id = run_row.run_id AND run.provider_id = run_row.provider_id
LEFT JOIN customer ON customer.id = run_row.customer_id AND customer.provider_id = run_row.provider_id
LEFT JOIN customer_order
    ON customer_order.id = run_row.order_id
    AND customer_order.customer_id = run_row.customer_id
    AND customer_order.provider_id = run_row.provider_id
LEFT JOIN run_row AS reversed
    ON reversed.id = run_row.reverses_row_id
    AND reversed.customer_id = run_row.customer_id
    AND reversed.run_id = run.reverses_id
WHERE run.id IS NULL
    OR customer.id IS NULL
    OR (run_row.order_id IS NOT NULL AND customer_order.id IS NULL)
    OR (run_row.reverses_row_id IS NOT NULL AND reversed.id IS NULL)
    OR run_row.outcome = 'claimed'
