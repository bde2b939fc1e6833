-- Ends payments that the processor did not make: payment, claims, and what of the invoices was in flight, in one statement.
-- The locks of their customers are held.
-- Parameters: provider, payments (bigint[]), references, codes and words (text[], one for each), at.
-- Index: primary keys of payment, payment_claim and invoice.
WITH failed AS MATERIALIZED (
    SELECT payment.id, answer.reference, answer.code, answer.words
    FROM unnest(%(payments)s::bigint[], %(references)s::text[], %(codes)s::text[], %(words)s::text[])
        AS answer (payment_id, reference, code, words)
    JOIN payment ON payment.id = answer.payment_id
    WHERE payment.provider_id = %(provider)s AND payment.state IN ('created', 'submitted', 'unknown')
),
changed AS (
    UPDATE payment
    SET state = 'failed',
        gateway_reference = CASE payment.gateway_reference WHEN '' THEN failed.reference ELSE payment.gateway_reference END,
        failure_code = failed.code,
        failure = failed.words,
        settled_at = %(at)s,
        held_until = NULL,
        next_check_at = NULL
    FROM failed
    WHERE payment.id = failed.id
),
closed AS (
    UPDATE payment_claim
    SET open = false
    FROM failed
    WHERE payment_claim.payment_id = failed.id AND payment_claim.open
    RETURNING payment_claim.invoice_id, payment_claim.amount_minor
),
released AS (
    UPDATE invoice
    SET in_flight_minor = invoice.in_flight_minor - closed.amount_minor
    FROM closed
    WHERE invoice.id = closed.invoice_id
)
SELECT id FROM failed ORDER BY id
