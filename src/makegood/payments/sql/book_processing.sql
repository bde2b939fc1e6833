-- Notes that the processor is still at these payments, and what it calls them. The locks of their customers are held.
-- Parameters: provider, payments (bigint[]), references (text[], one for each), next_check_at, at.
-- Index: primary key of payment.
UPDATE payment
SET state = 'submitted',
    gateway_reference = CASE payment.gateway_reference WHEN '' THEN answer.reference ELSE payment.gateway_reference END,
    submitted_at = coalesce(payment.submitted_at, %(at)s),
    checks = 0,
    held_until = NULL,
    next_check_at = %(next_check_at)s
FROM unnest(%(payments)s::bigint[], %(references)s::text[]) AS answer (payment_id, reference)
WHERE payment.id = answer.payment_id
    AND payment.provider_id = %(provider)s
    AND payment.state IN ('created', 'submitted', 'unknown')
