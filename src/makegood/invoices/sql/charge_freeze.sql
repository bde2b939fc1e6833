-- Freezes the list of a charge run: one row for each selected customer or order, with its amount and, where it will not
-- be charged, the reason. {selected} yields customer_id and order_id.
-- Parameters: run, provider, amount.
-- Index: customer_balance and customer primary keys.
INSERT INTO run_row (provider_id, run_id, customer_id, order_id, amount_minor, outcome)
SELECT
    %(provider)s,
    %(run)s,
    selected.customer_id,
    selected.order_id,
    %(amount)s,
    CASE
        WHEN customer_balance.closed THEN 'customer_closed'
        WHEN NOT customer.billing_enabled THEN 'billing_disabled'
    END
FROM ({selected}) AS selected
JOIN customer_balance
    ON customer_balance.customer_id = selected.customer_id AND customer_balance.provider_id = %(provider)s
JOIN customer ON customer.id = selected.customer_id
ORDER BY selected.customer_id, selected.order_id
