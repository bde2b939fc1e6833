-- Journal entries without lines, or whose debits and credits differ.
-- Parameters: none.
-- Index: none; reads the journal once.
SELECT
    journal_entry.id AS journal_entry,
    sum(journal_line.debit_minor) AS debit_minor,
    sum(journal_line.credit_minor) AS credit_minor
FROM journal_entry
LEFT JOIN journal_line ON journal_line.entry_id = journal_entry.id
GROUP BY journal_entry.id
HAVING count(journal_line.id) = 0 OR sum(journal_line.debit_minor) <> sum(journal_line.credit_minor)
