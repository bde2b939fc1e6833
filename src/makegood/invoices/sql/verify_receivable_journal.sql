-- Journal entries that move the receivable otherwise than their sub-ledger entries say.
-- Parameters: none.
-- Index: none; reads the journal and the entries once.
WITH journal AS (
    SELECT journal_line.entry_id, sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_line
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'receivable'
    GROUP BY journal_line.entry_id
),
entries AS (
    SELECT journal_entry_id, sum(amount_minor) AS amount_minor FROM receivable_entry GROUP BY journal_entry_id
)
SELECT
    coalesce(journal.entry_id, entries.journal_entry_id) AS journal_entry,
    coalesce(journal.amount_minor, 0) AS journal_minor,
    coalesce(entries.amount_minor, 0) AS entries_minor
FROM journal
FULL JOIN entries ON entries.journal_entry_id = journal.entry_id
WHERE coalesce(journal.amount_minor, 0) <> coalesce(entries.amount_minor, 0)
