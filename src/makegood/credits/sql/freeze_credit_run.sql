-- Freezes the list of a credit run: one row for each selected customer or order, with its amount and, where it will not
-- be credited, the reason. {selected} yields customer_id and order_id.
-- Parameters: run, provider, amount.
-- Index: customer_balance primary key.
INSERT INTO run_row (provider_id, run_id, customer_id, order_id, amount_minor, outcome)
SELECT
    %(provider)s,
    %(run)s,
    selected.customer_id,
    selected.order_id,
    %(amount)s,
    CASE WHEN customer_balance.closed AND customer_balance.receivable_minor <= 0 THEN 'customer_closed' END
FROM ({selected}) AS selected
JOIN customer_balance
    ON customer_balance.customer_id = selected.customer_id AND customer_balance.provider_id = %(provider)s
ORDER BY selected.customer_id, selected.order_id
