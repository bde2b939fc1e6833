-- A charge at the sandbox, if there is none of that key yet; gives its id if it was made.
-- Parameters: provider, gateway, reference, key, owner, method, outcome, failure, amount (minor units), at, next_event_at.
-- Index: sandbox_charge_once (the key of another charge of the gateway).
INSERT INTO sandbox_charge (
    provider_id, gateway_id, reference, key, owner, method, outcome, failure_code, amount_minor, created_at, told,
    next_event_at
)
VALUES (
    %(provider)s, %(gateway)s, %(reference)s, %(key)s, %(owner)s, %(method)s, %(outcome)s, %(failure)s, %(amount)s,
    %(at)s, 0, %(next_event_at)s
)
ON CONFLICT (gateway_id, key) DO NOTHING
RETURNING id
