-- Invoice runs whose drafts nobody goes on with: stopped, parked, or drafts of a day so long ago; each with how many drafts.
-- Parameters: provider, old (the newest day of drafts that are old).
-- Index: run_newest_first (provider_id, id); run_row_once (run_id, ...); invoice (run_row_id).
SELECT run.id AS run_id, run.state, invoice_run.day, count(*) AS drafts
FROM run
JOIN invoice_run ON invoice_run.run_id = run.id
JOIN run_row ON run_row.run_id = run.id
JOIN invoice ON invoice.run_row_id = run_row.id AND invoice.state = 'draft'
WHERE run.provider_id = %(provider)s
    AND run.kind = 'invoice'
    AND (run.state IN ('stopped', 'parked') OR (run.state = 'draft' AND invoice_run.day <= %(old)s))
GROUP BY run.id, run.state, invoice_run.day
ORDER BY run.id
