-- How many invoices are Late, and what is due of them.
-- Parameters: provider.
-- Index: invoice_by_state (provider_id, state).
SELECT count(*) AS invoices, coalesce(sum(due_minor), 0)::bigint AS due_minor
FROM invoice
WHERE provider_id = %(provider)s AND state = 'late'
