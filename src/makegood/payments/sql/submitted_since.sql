-- What a provider's payments have submitted to processors since a moment: how many, and how much in minor units.
-- Parameters: provider, since.
-- Index: payment_submitted (gateway_id, submitted_at).
SELECT count(*) AS charges, coalesce(sum(payment.amount_minor), 0)::bigint AS amount_minor
FROM gateway
JOIN payment ON payment.gateway_id = gateway.id AND payment.submitted_at > %(since)s
WHERE gateway.provider_id = %(provider)s
