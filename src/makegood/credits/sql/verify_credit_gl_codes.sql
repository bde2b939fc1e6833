-- GL codes of credits whose journal does not say what the credits now on them amount to. Discounts on invoices are booked on
-- such codes too; what invoices bill there has an invariant of its own. What invoices give back comes from the receivables.
-- Parameters: none.
-- Index: none; reads the journal's lines and the credits once.
WITH journal AS (
    SELECT journal_line.gl_code_id, sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_line
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'credit'
    JOIN journal_entry ON journal_entry.id = journal_line.entry_id
    WHERE journal_entry.event NOT IN ('invoice_issued', 'invoice_voided')
    GROUP BY journal_line.gl_code_id
),
credits AS (
    SELECT gl_code_id, sum(issued_minor + adjusted_minor - expired_minor - taken_back_minor) AS amount_minor
    FROM credit
    WHERE kind IN ('goodwill', 'outage', 'correction') AND from_invoice_id IS NULL
    GROUP BY gl_code_id
)
SELECT
    coalesce(journal.gl_code_id, credits.gl_code_id) AS gl_code,
    coalesce(journal.amount_minor, 0) AS journal_minor,
    coalesce(credits.amount_minor, 0) AS credits_minor
FROM journal
FULL JOIN credits ON credits.gl_code_id = journal.gl_code_id
WHERE coalesce(journal.amount_minor, 0) <> coalesce(credits.amount_minor, 0)
