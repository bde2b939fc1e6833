-- The next customers with an Open invoice whose due date has passed, and no payment in flight for it.
-- Parameters: provider, day, after (customer id, exclusive), limit.
-- Index: invoice_by_due_date (provider_id, due_on, id) of open and late ones.
SELECT DISTINCT customer_id
FROM invoice
WHERE provider_id = %(provider)s AND state = 'open' AND due_on < %(day)s AND customer_id > %(after)s AND in_flight_minor = 0
ORDER BY customer_id
LIMIT %(limit)s
