-- Payments whose credit or whose invoices are another customer's, or whose GL code is not of type cash.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT 'payment' AS record, payment.id, NULL::integer AS number
FROM payment
LEFT JOIN gl_code
    ON gl_code.id = payment.gl_code_id AND gl_code.provider_id = payment.provider_id AND gl_code.type = 'cash'
LEFT JOIN credit
    ON credit.id = payment.overpayment_credit_id
    AND credit.customer_id = payment.customer_id
    AND credit.provider_id = payment.provider_id
WHERE gl_code.id IS NULL OR (payment.overpayment_credit_id IS NOT NULL AND credit.id IS NULL)
UNION ALL
SELECT 'payment_allocation', payment_allocation.payment_id, payment_allocation.number
FROM payment_allocation
LEFT JOIN payment ON payment.id = payment_allocation.payment_id AND payment.provider_id = payment_allocation.provider_id
LEFT JOIN invoice
    ON invoice.id = payment_allocation.invoice_id
    AND invoice.customer_id = payment.customer_id
    AND invoice.provider_id = payment_allocation.provider_id
    AND invoice.number IS NOT NULL
WHERE payment.id IS NULL OR invoice.id IS NULL
