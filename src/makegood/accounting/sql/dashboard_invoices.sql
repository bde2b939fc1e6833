-- How many invoices are in each state, with what they come to in all and what is due of them.
-- Parameters: provider.
-- Index: none; the invoices are read once.
SELECT state, count(*) AS invoices, sum(total_minor)::bigint AS total_minor, sum(due_minor)::bigint AS due_minor
FROM invoice
WHERE provider_id = %(provider)s
GROUP BY state
