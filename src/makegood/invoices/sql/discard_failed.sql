-- Makes the drafts of finished runs void that were not issued: their rows have failed. Their customers are due again, retried or
-- not; else the draft would keep the period for itself for ever.
-- Parameters: provider.
-- Index: invoice_by_state (provider_id, state); run_row and run primary keys.
UPDATE invoice
SET state = 'void'
FROM run_row
JOIN run ON run.id = run_row.run_id
WHERE invoice.provider_id = %(provider)s
    AND invoice.state = 'draft'
    AND run_row.id = invoice.run_row_id
    AND run.state = 'finished'
