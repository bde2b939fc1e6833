-- Entries that are not dated as their journal entry is or concern a day before the one of their credit's first entry, and
-- credits that are not dated as that is.
-- Parameters: none.
-- Index: none; reads credits, entries and the journal once.
SELECT credit_entry.credit_id AS credit, credit_entry.number, credit_entry.booked_on, journal_entry.booked_on AS journal_on
FROM credit_entry
JOIN journal_entry ON journal_entry.id = credit_entry.journal_entry_id
WHERE credit_entry.booked_on <> journal_entry.booked_on
    OR credit_entry.effective_on IS DISTINCT FROM journal_entry.effective_on
UNION ALL
SELECT later.credit_id, later.number, later.effective_on, credit_entry.booked_on
FROM credit_entry AS later
JOIN credit_entry ON credit_entry.credit_id = later.credit_id AND credit_entry.number = 1
WHERE later.effective_on < coalesce(credit_entry.effective_on, credit_entry.booked_on)
UNION ALL
SELECT credit.id, credit_entry.number, credit.issued_on, credit_entry.booked_on
FROM credit
JOIN credit_entry ON credit_entry.credit_id = credit.id AND credit_entry.number = 1
WHERE credit.issued_on <> credit_entry.booked_on
