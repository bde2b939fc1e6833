-- Late fees that wait for the next invoice though the invoice that they are for is void.
-- Parameters: none.
-- Index: invoice primary key; reads charges once.
SELECT charge.id AS charge, charge.customer_id AS customer, invoice.number AS invoice
FROM charge
JOIN invoice ON invoice.id = charge.late_fee_of_id
WHERE charge.state = 'waiting' AND invoice.state = 'void'
