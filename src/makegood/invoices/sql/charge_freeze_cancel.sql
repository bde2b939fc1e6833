-- Freezes the list of a cancellation: one row for each row of the charge run that was charged, with the charge's amount and,
-- where nothing will be cancelled, the reason.
-- Parameters: run, provider, reverses (the charge run).
-- Index: run_row_once (run_id, ...); charge (run_row_id).
INSERT INTO run_row (provider_id, run_id, customer_id, order_id, amount_minor, outcome, reverses_row_id)
SELECT
    %(provider)s,
    %(run)s,
    charged.customer_id,
    charged.order_id,
    charge.amount_minor,
    CASE charge.state WHEN 'invoiced' THEN 'already_invoiced' WHEN 'cancelled' THEN 'already_cancelled' END,
    charged.id
FROM run_row AS charged
JOIN charge ON charge.run_row_id = charged.id
WHERE charged.run_id = %(reverses)s
ORDER BY charged.customer_id, charged.order_id
