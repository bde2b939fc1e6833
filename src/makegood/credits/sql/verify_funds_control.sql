-- Providers whose Available Funds differ between the journal, the sub-ledger, the credits and the balances.
-- Parameters: none.
-- Index: none; reads each table once.
WITH journal AS (
    SELECT journal_line.provider_id, sum(journal_line.credit_minor - journal_line.debit_minor) AS amount_minor
    FROM journal_line
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'available_funds'
    GROUP BY journal_line.provider_id
),
entries AS (
    SELECT provider_id, sum(amount_minor) AS amount_minor FROM credit_entry GROUP BY provider_id
),
credits AS (
    SELECT provider_id, sum(remaining_minor) AS amount_minor FROM credit GROUP BY provider_id
),
balances AS (
    SELECT provider_id, sum(funds_minor) AS amount_minor FROM customer_balance GROUP BY provider_id
)
SELECT
    provider.id AS provider,
    coalesce(journal.amount_minor, 0) AS journal_minor,
    coalesce(entries.amount_minor, 0) AS entries_minor,
    coalesce(credits.amount_minor, 0) AS credits_minor,
    coalesce(balances.amount_minor, 0) AS balances_minor
FROM provider
LEFT JOIN journal ON journal.provider_id = provider.id
LEFT JOIN entries ON entries.provider_id = provider.id
LEFT JOIN credits ON credits.provider_id = provider.id
LEFT JOIN balances ON balances.provider_id = provider.id
WHERE coalesce(journal.amount_minor, 0) <> coalesce(entries.amount_minor, 0)
    OR coalesce(entries.amount_minor, 0) <> coalesce(credits.amount_minor, 0)
    OR coalesce(credits.amount_minor, 0) <> coalesce(balances.amount_minor, 0)
