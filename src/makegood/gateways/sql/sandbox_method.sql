-- A test method of a customer at the sandbox, if it was not entered or attached so already.
-- Parameters: provider, gateway, reference, owner, outcome, setup (empty: attached by its name).
-- Index: sandbox_method_attached_once, sandbox_method_entered_once.
INSERT INTO sandbox_method (provider_id, gateway_id, reference, owner, outcome, setup)
VALUES (%(provider)s, %(gateway)s, %(reference)s, %(owner)s, %(outcome)s, %(setup)s)
ON CONFLICT DO NOTHING
