-- Writes down what does not agree between the clearing account and processors' balances: what differs for the first time is added,
-- what differs otherwise than before is changed, and what differs no more is settled. Gives what is new.
-- Parameters: provider, now, kinds and refs (text[]), payments, booked and moved (bigint[]), all of one length.
-- Index: clearing_difference_once.
WITH found AS MATERIALIZED (
    SELECT kind, reference, payment_id, booked_minor, moved_minor
    FROM unnest(%(kinds)s::text[], %(refs)s::text[], %(payments)s::bigint[], %(booked)s::bigint[], %(moved)s::bigint[])
        AS found (kind, reference, payment_id, booked_minor, moved_minor)
),
settled AS (
    UPDATE clearing_difference
    SET settled_at = %(now)s
    WHERE provider_id = %(provider)s
        AND settled_at IS NULL
        AND NOT EXISTS (
            SELECT FROM found
            WHERE found.kind = clearing_difference.kind AND found.reference = clearing_difference.reference
        )
),
changed AS (
    UPDATE clearing_difference
    SET payment_id = found.payment_id, booked_minor = found.booked_minor, moved_minor = found.moved_minor
    FROM found
    WHERE clearing_difference.provider_id = %(provider)s
        AND clearing_difference.settled_at IS NULL
        AND clearing_difference.kind = found.kind
        AND clearing_difference.reference = found.reference
        AND (clearing_difference.booked_minor, clearing_difference.moved_minor)
            IS DISTINCT FROM (found.booked_minor, found.moved_minor)
)
INSERT INTO clearing_difference (provider_id, payment_id, kind, reference, booked_minor, moved_minor, found_at)
SELECT %(provider)s, payment_id, kind, reference, booked_minor, moved_minor, %(now)s
FROM found
ORDER BY kind, payment_id, reference
ON CONFLICT (provider_id, kind, reference) WHERE settled_at IS NULL DO NOTHING
RETURNING kind, reference
