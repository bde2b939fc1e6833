-- The next days on which Open invoices are collected, with what is due on them.
-- Parameters: provider, day (the first that counts), most (how many days).
-- Index: invoice_to_collect (provider_id, collect_on).
SELECT collect_on, count(*) AS invoices, sum(due_minor)::bigint AS due_minor
FROM invoice
WHERE provider_id = %(provider)s AND state = 'open' AND collect_on >= %(day)s
GROUP BY collect_on
ORDER BY collect_on
LIMIT %(most)s
