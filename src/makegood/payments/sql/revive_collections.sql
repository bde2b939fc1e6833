-- Has the invoices of a customer tried again on a day that were given up, or that would wait longer; counted from new.
-- Parameters: provider, customer, day.
-- Index: invoice_owed (customer_id), collection primary key.
UPDATE collection
SET tries = 0, next_try_on = %(day)s, given_up_on = NULL
FROM invoice
WHERE collection.invoice_id = invoice.id
    AND invoice.provider_id = %(provider)s
    AND invoice.customer_id = %(customer)s
    AND invoice.state IN ('open', 'late')
    AND invoice.in_flight_minor = 0
    AND (collection.given_up_on IS NOT NULL OR collection.next_try_on > %(day)s)
