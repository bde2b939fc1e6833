-- Takes the next events of a gateway that are due: nobody else gets them until their lease is over. Oldest first, by what the
-- processor says.
-- Parameters: gateway, now, leased_until, limit.
-- Index: gateway_event_waiting.
UPDATE gateway_event
SET attempts = least(gateway_event.attempts + 1, 30000),
    next_try_at = %(leased_until)s
FROM (
    SELECT id
    FROM gateway_event
    WHERE gateway_id = %(gateway)s AND state = 'received' AND next_try_at <= %(now)s
    ORDER BY happened_at, id
    LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
) AS due
WHERE gateway_event.id = due.id
RETURNING gateway_event.id
