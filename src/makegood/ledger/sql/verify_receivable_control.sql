-- Providers whose receivable account in the journal differs from the sum of their customers' receivables.
-- Parameters: none.
-- Index: none; reads both once.
WITH stored AS (
    SELECT provider_id, sum(receivable_minor) AS amount_minor FROM customer_balance GROUP BY provider_id
),
journal AS (
    SELECT journal_line.provider_id, sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_line
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'receivable'
    GROUP BY journal_line.provider_id
)
SELECT
    coalesce(stored.provider_id, journal.provider_id) AS provider,
    coalesce(stored.amount_minor, 0) AS balances_minor,
    coalesce(journal.amount_minor, 0) AS journal_minor
FROM stored
FULL JOIN journal ON journal.provider_id = stored.provider_id
WHERE coalesce(stored.amount_minor, 0) <> coalesce(journal.amount_minor, 0)
