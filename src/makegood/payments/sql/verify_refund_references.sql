-- Refunds and their parts that name records of another customer, or a GL code that does not fit: of type credit for what
-- settles, clearing for what goes back through a processor, and else cash.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT 'refund' AS record, refund.id
FROM refund
LEFT JOIN invoice
    ON invoice.id = refund.invoice_id
    AND invoice.customer_id = refund.customer_id
    AND invoice.provider_id = refund.provider_id
    AND invoice.number IS NOT NULL
LEFT JOIN gl_code
    ON gl_code.id = refund.gl_code_id AND gl_code.provider_id = refund.provider_id AND gl_code.type = 'credit'
WHERE (refund.invoice_id IS NOT NULL AND invoice.id IS NULL) OR (refund.gl_code_id IS NOT NULL AND gl_code.id IS NULL)
UNION ALL
SELECT 'refund_transfer', refund_transfer.id
FROM refund_transfer
LEFT JOIN refund
    ON refund.id = refund_transfer.refund_id
    AND refund.customer_id = refund_transfer.customer_id
    AND refund.provider_id = refund_transfer.provider_id
LEFT JOIN payment
    ON payment.id = refund_transfer.payment_id
    AND payment.customer_id = refund_transfer.customer_id
    AND payment.provider_id = refund_transfer.provider_id
    AND (refund_transfer.gateway_id IS NULL OR payment.gateway_id = refund_transfer.gateway_id)
LEFT JOIN gl_code
    ON gl_code.id = refund_transfer.gl_code_id
    AND gl_code.provider_id = refund_transfer.provider_id
    AND gl_code.type = CASE refund_transfer.way WHEN 'gateway' THEN 'clearing' ELSE 'cash' END
LEFT JOIN credit
    ON credit.id = coalesce(refund_transfer.bounce_credit_id, refund_transfer.credit_id)
    AND credit.customer_id = refund_transfer.customer_id
WHERE refund.id IS NULL
    OR gl_code.id IS NULL
    OR (refund_transfer.payment_id IS NOT NULL AND payment.id IS NULL)
    OR (refund.purpose = 'refund' AND payment.id IS NULL)
    OR (coalesce(refund_transfer.bounce_credit_id, refund_transfer.credit_id) IS NOT NULL AND credit.id IS NULL)
