-- The gateways of a provider, each with the first one of the same account at the same processor, as which it counts, and up to when
-- the balance of that account is known. What has not said its account counts as itself. A part of the reconciliation.
-- Parameters: provider.
-- Index: none; a provider has few gateways.
SELECT
    id AS gateway_id,
    min(id) OVER of_account AS counts_as,
    max(balance_until) OVER of_account AS balance_until
FROM gateway
WHERE provider_id = %(provider)s
WINDOW of_account AS (PARTITION BY kind, account, CASE account WHEN '' THEN id END)
