-- All customers' Available Funds and receivables, and how many customers have some.
-- Parameters: provider.
-- Index: none; the balances are narrow and read once.
SELECT
    coalesce(sum(funds_minor), 0)::bigint AS funds_minor,
    coalesce(sum(receivable_minor), 0)::bigint AS receivable_minor,
    count(*) FILTER (WHERE funds_minor > 0) AS with_funds,
    count(*) FILTER (WHERE receivable_minor > 0) AS owing
FROM customer_balance
WHERE provider_id = %(provider)s
