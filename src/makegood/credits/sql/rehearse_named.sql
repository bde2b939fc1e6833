-- What credits pay at once of the invoice that they are given for, whoever collects it; nothing while a payment for it is in
-- flight. A part of rehearse_bills.sql, after `asked`.
-- Parameters: provider, use_for (the invoice; null for credits that are for none).
-- Index: primary key of invoice.
SELECT invoice.id AS invoice_id, invoice.customer_id, least(asked.credit_minor, invoice.due_minor) AS amount_minor
FROM asked
JOIN invoice ON invoice.customer_id = asked.customer_id
WHERE invoice.id = %(use_for)s::bigint
    AND invoice.provider_id = %(provider)s
    AND invoice.state IN ('open', 'late')
    AND invoice.in_flight_minor = 0
