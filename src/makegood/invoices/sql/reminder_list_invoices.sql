-- What customers are reminded of: their Late invoices with something left to pay, those due first first.
-- {left_to_pay}: late_left_to_pay.sql; its parameters come with it.
-- Parameters: provider, customers, after, day.
-- Index: invoice primary key.
SELECT
    invoice.customer_id, invoice.number, invoice.issued_on, invoice.due_on, invoice.total_minor, left_to_pay.left_minor
FROM ({left_to_pay}) AS left_to_pay
JOIN invoice ON invoice.id = left_to_pay.invoice_id
ORDER BY invoice.customer_id, invoice.due_on, invoice.id
