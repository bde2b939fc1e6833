-- Lets go of payments of which the processor has certainly done nothing: they wait to be submitted, each from when it is said.
-- What somebody else holds by now is left to him.
-- Parameters: payments (bigint[]), times (timestamptz[], one for each), held_until (what the caller holds them by).
-- Index: primary key of payment.
UPDATE payment
SET state = 'created', submitted_at = NULL, held_until = NULL, next_check_at = later.next_check_at
FROM unnest(%(payments)s::bigint[], %(times)s::timestamptz[]) AS later (payment_id, next_check_at)
WHERE payment.id = later.payment_id AND payment.state = 'submitted' AND payment.held_until = %(held_until)s
