-- Providers with messages that could leave now if their pace allows, and since when or from when on it does.
-- Parameters: at (the present moment).
-- Index: message_due, one look for each provider.
SELECT provider.id AS provider_id, sending.next_at
FROM provider
LEFT JOIN email_sending AS sending ON sending.provider_id = provider.id
CROSS JOIN LATERAL (
    SELECT 1
    FROM message
    WHERE message.provider_id = provider.id
        AND message.state = 'waiting'
        AND message.due_at <= %(at)s
        AND (message.claimed_until IS NULL OR message.claimed_until < %(at)s)
    ORDER BY message.due_at
    LIMIT 1
) AS due
WHERE sending.paused_until IS NULL OR sending.paused_until <= %(at)s
ORDER BY sending.next_at NULLS FIRST, provider.id
