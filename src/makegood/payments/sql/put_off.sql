-- Lets go of payments of which nobody knows what became: they are asked about again, each when it is said. One that the
-- processor is known to be at stays submitted. What somebody else holds by now is left to him.
-- Parameters: payments (bigint[]), times (timestamptz[], one for each), held_until (what the caller holds them by).
-- Index: primary key of payment.
UPDATE payment
SET state = CASE
        WHEN payment.state = 'submitted' AND payment.gateway_reference <> '' THEN 'submitted'
        ELSE 'unknown'
    END,
    held_until = NULL,
    next_check_at = later.next_check_at,
    checks = least(payment.checks + 1, 30000)
FROM unnest(%(payments)s::bigint[], %(times)s::timestamptz[]) AS later (payment_id, next_check_at)
WHERE payment.id = later.payment_id
    AND payment.state IN ('submitted', 'unknown')
    AND payment.held_until = %(held_until)s
