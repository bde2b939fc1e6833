-- GL codes on which an invoice run's journal is not what its issued invoices bill there: lines without tax, and taxes.
-- Parameters: none.
-- Index: none; reads the journal, lines and taxes once.
WITH billed AS (
    SELECT run_row.run_id, part.gl_code_id, sum(part.amount_minor) AS amount_minor
    FROM (
        SELECT invoice_id, gl_code_id, net_minor AS amount_minor FROM invoice_line
        UNION ALL
        SELECT invoice_id, gl_code_id, tax_minor FROM invoice_tax
    ) AS part
    JOIN invoice ON invoice.id = part.invoice_id AND invoice.number IS NOT NULL
    JOIN run_row ON run_row.id = invoice.run_row_id
    GROUP BY run_row.run_id, part.gl_code_id
),
journal AS (
    SELECT
        journal_entry.cause_id AS run_id,
        journal_line.gl_code_id,
        sum(journal_line.credit_minor - journal_line.debit_minor) AS amount_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type <> 'receivable'
    WHERE journal_entry.event = 'invoice_issued' AND journal_entry.cause_type = 'run'
    GROUP BY journal_entry.cause_id, journal_line.gl_code_id
)
SELECT
    coalesce(billed.run_id, journal.run_id) AS run,
    coalesce(billed.gl_code_id, journal.gl_code_id) AS gl_code,
    coalesce(billed.amount_minor, 0) AS billed_minor,
    coalesce(journal.amount_minor, 0) AS journal_minor
FROM billed
FULL JOIN journal ON journal.run_id = billed.run_id AND journal.gl_code_id = billed.gl_code_id
WHERE coalesce(billed.amount_minor, 0) <> coalesce(journal.amount_minor, 0)
