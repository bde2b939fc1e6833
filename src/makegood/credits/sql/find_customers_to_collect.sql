-- The next customers who have funds and an invoice that they are to be used for: Late, or Open with its day reached. Those
-- with a payment in flight are left alone, and those that people collect by hand.
-- Parameters: provider, day, after (customer id, exclusive), limit.
-- Index: invoice_to_collect (provider_id, collect_on) of open ones, invoice_late (provider_id, customer_id).
SELECT due.customer_id
FROM (
    SELECT customer_id
    FROM invoice
    WHERE provider_id = %(provider)s
        AND state = 'open'
        AND collect_on <= %(day)s
        AND customer_id > %(after)s
        AND in_flight_minor = 0
        AND NOT by_hand
    UNION
    SELECT customer_id
    FROM invoice
    WHERE provider_id = %(provider)s AND state = 'late' AND customer_id > %(after)s AND in_flight_minor = 0 AND NOT by_hand
) AS due
JOIN customer_balance ON customer_balance.customer_id = due.customer_id AND customer_balance.funds_minor > 0
JOIN customer ON customer.id = due.customer_id AND customer.billing_enabled
ORDER BY due.customer_id
LIMIT %(limit)s
