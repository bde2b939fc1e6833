-- Customers who may have something to be billed on a day and have no draft that can still be issued; those of finished runs
-- cannot. {candidates}: find_candidates.sql.
-- Parameters: provider, day, invoices_from.
-- Index: find_candidates.sql; invoice_by_state (provider_id, state); run_row and run primary keys.
SELECT found.customer_id
FROM ({candidates}) AS found
JOIN customer ON customer.id = found.customer_id AND customer.billing_enabled
EXCEPT
SELECT invoice.customer_id
FROM invoice
JOIN run_row ON run_row.id = invoice.run_row_id
JOIN run ON run.id = run_row.run_id
WHERE invoice.provider_id = %(provider)s AND invoice.state = 'draft' AND run.state <> 'finished'
