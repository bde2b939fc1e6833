-- The next customers whom autopay charges on a day. Each is looked at alone, so that however many are due it takes as long
-- for each.
-- {to_charge}: to_charge.sql, of which provider and day are parameters.
-- Parameters: provider, day, after (customer id, exclusive), limit.
-- Index: invoice_to_collect (provider_id, collect_on) of open ones, invoice_late (provider_id, customer_id), and those of the part.
SELECT due.customer_id
FROM (
    SELECT customer_id
    FROM invoice
    WHERE provider_id = %(provider)s AND state = 'open' AND collect_on <= %(day)s AND customer_id > %(after)s
    UNION
    SELECT customer_id
    FROM invoice
    WHERE provider_id = %(provider)s AND state = 'late' AND customer_id > %(after)s
) AS due
CROSS JOIN LATERAL (
    SELECT invoice_id
    FROM ({to_charge}) AS to_charge
    WHERE to_charge.customer_id = due.customer_id
    LIMIT 1
) AS charged
ORDER BY due.customer_id
LIMIT %(limit)s
