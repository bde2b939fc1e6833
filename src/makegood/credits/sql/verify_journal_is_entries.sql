-- Journal entries whose movement of Available Funds differs from the sub-ledger entries that name them.
-- Parameters: none.
-- Index: none; reads both once.
WITH journal AS (
    SELECT journal_line.entry_id, sum(journal_line.credit_minor - journal_line.debit_minor) AS amount_minor
    FROM journal_line
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'available_funds'
    GROUP BY journal_line.entry_id
),
entries AS (
    SELECT journal_entry_id AS entry_id, sum(amount_minor) AS amount_minor FROM credit_entry GROUP BY journal_entry_id
)
SELECT
    coalesce(journal.entry_id, entries.entry_id) AS journal_entry,
    journal.amount_minor AS journal_minor,
    entries.amount_minor AS entries_minor
FROM journal
FULL JOIN entries ON entries.entry_id = journal.entry_id
WHERE coalesce(journal.amount_minor, 0) <> coalesce(entries.amount_minor, 0)
