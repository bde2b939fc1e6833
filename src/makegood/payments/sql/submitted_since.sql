-- What a provider's payments have ordered from processors since a moment: how many, and how much in minor units. What was
-- ordered again, as nothing of the first order had arrived, counts from then on, once.
-- Parameters: provider, since.
-- Index: payment_submitted (gateway_id, submitted_at), payment_ordered_again (gateway_id, ordered_again_at).
SELECT count(*) AS charges, coalesce(sum(sent.amount_minor), 0)::bigint AS amount_minor
FROM gateway
JOIN LATERAL (
    SELECT payment.amount_minor
    FROM payment
    WHERE payment.gateway_id = gateway.id AND payment.submitted_at > %(since)s
    UNION ALL
    SELECT payment.amount_minor
    FROM payment
    WHERE payment.gateway_id = gateway.id
        AND payment.ordered_again_at > %(since)s
        AND payment.submitted_at <= %(since)s
) AS sent ON true
WHERE gateway.provider_id = %(provider)s
