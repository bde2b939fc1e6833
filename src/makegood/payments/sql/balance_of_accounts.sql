-- What moved the balances of a provider's accounts, each movement once: an account that was connected twice, before anybody knew
-- that it is one, is asked by both. A part of the reconciliation, after `account`.
-- Parameters: provider.
-- Index: balance_event_by_day (provider_id, day), balance_event_once (gateway_id, reference).
SELECT balance_event.*, account.counts_as
FROM balance_event
JOIN account ON account.gateway_id = balance_event.gateway_id
WHERE balance_event.provider_id = %(provider)s
    AND (
        balance_event.gateway_id = account.counts_as
        OR NOT EXISTS (
            SELECT
            FROM account AS earlier
            JOIN balance_event AS same
                ON same.gateway_id = earlier.gateway_id AND same.reference = balance_event.reference
            WHERE earlier.counts_as = account.counts_as AND earlier.gateway_id < account.gateway_id
        )
    )
