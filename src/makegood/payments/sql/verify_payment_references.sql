-- Payments whose credit, method or invoices are another customer's, whose method is another gateway's or of another kind, or
-- whose GL code is not of the type that fits: cash by hand, clearing at a processor.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT 'payment' AS record, payment.id, NULL::integer AS number
FROM payment
LEFT JOIN gl_code
    ON gl_code.id = payment.gl_code_id
    AND gl_code.provider_id = payment.provider_id
    AND gl_code.type = CASE WHEN payment.gateway_id IS NULL THEN 'cash' ELSE 'clearing' END
LEFT JOIN credit
    ON credit.id = payment.overpayment_credit_id
    AND credit.customer_id = payment.customer_id
    AND credit.provider_id = payment.provider_id
LEFT JOIN payment_method
    ON payment_method.id = payment.payment_method_id
    AND payment_method.customer_id = payment.customer_id
    AND payment_method.gateway_id = payment.gateway_id
    AND payment_method.kind = payment.method
WHERE gl_code.id IS NULL
    OR (payment.payment_method_id IS NOT NULL AND payment_method.id IS NULL)
    OR (payment.overpayment_credit_id IS NOT NULL AND credit.id IS NULL)
UNION ALL
SELECT 'payment_claim', payment_claim.payment_id, NULL
FROM payment_claim
LEFT JOIN payment ON payment.id = payment_claim.payment_id AND payment.provider_id = payment_claim.provider_id
LEFT JOIN invoice
    ON invoice.id = payment_claim.invoice_id
    AND invoice.customer_id = payment.customer_id
    AND invoice.provider_id = payment_claim.provider_id
WHERE payment.id IS NULL OR invoice.id IS NULL
UNION ALL
SELECT 'collection', collection.invoice_id, NULL
FROM collection
LEFT JOIN invoice
    ON invoice.id = collection.invoice_id
    AND invoice.customer_id = collection.customer_id
    AND invoice.provider_id = collection.provider_id
LEFT JOIN payment
    ON payment.id = collection.last_payment_id
    AND payment.customer_id = collection.customer_id
    AND payment.provider_id = collection.provider_id
WHERE invoice.id IS NULL OR payment.id IS NULL
UNION ALL
SELECT 'payment_movement', payment_movement.payment_id, payment_movement.number
FROM payment_movement
LEFT JOIN payment ON payment.id = payment_movement.payment_id AND payment.provider_id = payment_movement.provider_id
WHERE payment.id IS NULL
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
