-- Stores what a processor sent, once: nothing is written for an event that is known. Returns its id where it is new.
-- Parameters: provider, gateway, event_id, type, about, reference, charge, payload (jsonb), happened_at, received_at.
-- Index: gateway_event_once.
INSERT INTO gateway_event (
    provider_id, gateway_id, event_id, type, about, reference, charge, payload, happened_at, received_at, state, attempts,
    next_try_at, outcome
)
VALUES (
    %(provider)s, %(gateway)s, %(event_id)s, %(type)s, %(about)s, %(reference)s, %(charge)s, %(payload)s, %(happened_at)s,
    %(received_at)s, 'received', 0, %(received_at)s, ''
)
ON CONFLICT (gateway_id, event_id) DO NOTHING
RETURNING id
