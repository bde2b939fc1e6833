-- Rows of selected customers for whom no draft is made, each with the reason. Part of the freeze of a selection.
-- {candidates}: the selection.
-- Parameters: run, provider, day.
-- Index: customer primary key.
UNION ALL
SELECT
    nextval('run_row_id_seq'), %(provider)s, %(run)s, customer.id, 0,
    CASE
        WHEN NOT customer.billing_enabled THEN 'billing_disabled'
        WHEN made.customer_id IS NOT NULL OR (account.goes_on AND account.period_from > %(day)s) THEN 'already_billed'
        ELSE 'nothing_to_bill'
    END
FROM ({candidates}) AS chosen
JOIN customer ON customer.id = chosen.customer_id AND customer.provider_id = %(provider)s
LEFT JOIN account ON account.customer_id = chosen.customer_id
LEFT JOIN made ON made.customer_id = chosen.customer_id
WHERE NOT EXISTS (SELECT FROM invoiced WHERE invoiced.customer_id = chosen.customer_id)
