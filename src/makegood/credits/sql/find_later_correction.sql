-- The number of the first later invoice that corrects or gives back days of services that an invoice has billed; nothing if
-- there is none.
-- Parameters: invoice, customer.
-- Index: invoice_of_customer (customer_id, id), invoice_line primary key.
SELECT later.number
FROM invoice AS later
JOIN invoice_line AS correction
    ON correction.invoice_id = later.id AND correction.kind IN ('price_change', 'unused_time')
JOIN invoice_line AS billed
    ON billed.invoice_id = %(invoice)s
    AND billed.kind = 'service'
    AND billed.order_id = correction.order_id
    AND billed.from_on <= correction.to_on
    AND billed.to_on >= correction.from_on
WHERE later.customer_id = %(customer)s AND later.id > %(invoice)s AND later.number IS NOT NULL AND later.state <> 'void'
ORDER BY later.id
LIMIT 1
