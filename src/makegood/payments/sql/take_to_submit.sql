-- Takes payments that wait to be submitted, those that have waited longest first, and holds them for whoever submits them.
-- What somebody else is at is left to him. What autopay made is left alone where the customer has autopay or automatic billing
-- disabled by now or the method is held after a dispute, and everything whose method was removed (see list_stranded.sql). Returns
-- all that the processor has to be told.
-- Parameters: gateway, most (payments), room_minor (their sum at most; null for any), takes_any (whether the first goes by itself
-- although it is larger), at, until.
-- Index: payment_under_way (gateway_id, next_check_at); primary keys of payment, customer and payment_method;
-- gateway_customer_once.
WITH waiting AS MATERIALIZED (
    SELECT id, amount_minor, next_check_at
    FROM payment
    WHERE gateway_id = %(gateway)s
        AND state = 'created'
        AND next_check_at <= %(at)s
        AND (
            payment.purpose = 'charge'
            OR EXISTS (
                SELECT FROM customer WHERE customer.id = payment.customer_id AND customer.billing_enabled AND customer.autopay
            )
        )
        AND EXISTS (
            SELECT
            FROM payment_method
            WHERE payment_method.id = payment.payment_method_id
                AND payment_method.removed_at IS NULL
                AND (payment.purpose = 'charge' OR payment_method.held_at IS NULL)
        )
    ORDER BY next_check_at, id
    LIMIT %(most)s
    FOR NO KEY UPDATE SKIP LOCKED
),
chosen AS MATERIALIZED (
    SELECT id
    FROM (
        SELECT id, amount_minor, sum(amount_minor) OVER (ORDER BY next_check_at, id) AS upto_minor
        FROM waiting
    ) AS counted
    WHERE %(room_minor)s::bigint IS NULL OR upto_minor <= %(room_minor)s OR (%(takes_any)s AND upto_minor = amount_minor)
),
taken AS (
    UPDATE payment
    SET state = 'submitted', submitted_at = %(at)s, held_until = %(until)s, next_check_at = %(until)s
    FROM chosen
    WHERE payment.id = chosen.id
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
