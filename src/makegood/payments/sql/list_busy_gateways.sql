-- Gateways that are to be asked for something at a moment: of payments or of what goes back.
-- Parameters: at, provider (null for all).
-- Index: payment_under_way and refund_transfer_under_way (gateway_id, next_check_at).
SELECT gateway.id AS gateway_id
FROM gateway
WHERE (%(provider)s::bigint IS NULL OR gateway.provider_id = %(provider)s)
    AND (
        EXISTS (
            SELECT
            FROM payment
            WHERE payment.gateway_id = gateway.id
                AND payment.state IN ('created', 'submitted', 'unknown')
                AND payment.next_check_at <= %(at)s
        )
        OR EXISTS (
            SELECT
            FROM refund_transfer
            WHERE refund_transfer.gateway_id = gateway.id
                AND refund_transfer.state IN ('created', 'submitted', 'unknown')
                AND refund_transfer.next_check_at <= %(at)s
        )
    )
