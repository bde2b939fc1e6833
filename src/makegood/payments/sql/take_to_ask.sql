-- Takes payments that have to be asked about: unknown ones, those that the processor was still at, and those whose submitter
-- is not there any more, which are unknown from then on. Holds them for whoever asks, and returns all that is known of them.
-- Parameters: gateway, most, at, until.
-- Index: payment_under_way (gateway_id, next_check_at); primary keys of payment and payment_method; gateway_customer_once.
WITH due AS MATERIALIZED (
    SELECT id
    FROM payment
    WHERE gateway_id = %(gateway)s
        AND state IN ('submitted', 'unknown')
        AND next_check_at <= %(at)s
        AND (held_until IS NULL OR held_until <= %(at)s)
    ORDER BY next_check_at, id
    LIMIT %(most)s
    FOR NO KEY UPDATE SKIP LOCKED
),
taken AS (
    UPDATE payment
    SET state = CASE WHEN payment.gateway_reference = '' THEN 'unknown' ELSE payment.state END,
        held_until = %(until)s,
        next_check_at = %(until)s
    FROM due
    WHERE payment.id = due.id
    RETURNING
        payment.id, payment.customer_id, payment.gateway_id, payment.payment_method_id, payment.amount_minor,
        payment.attempt_key, payment.gateway_reference, payment.submitted_at, payment.checks
)
SELECT
    taken.id, taken.amount_minor, taken.attempt_key::text AS key, taken.gateway_reference AS reference, taken.submitted_at,
    taken.checks, payment_method.reference AS method, payment_method.kind AS method_kind,
    coalesce(gateway_customer.reference, '') AS customer
FROM taken
JOIN payment_method ON payment_method.id = taken.payment_method_id
LEFT JOIN gateway_customer
    ON gateway_customer.gateway_id = taken.gateway_id AND gateway_customer.customer_id = taken.customer_id
ORDER BY taken.id
