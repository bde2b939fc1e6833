-- Credits and entries that name a record that does not exist or is not theirs: what foreign keys would hold elsewhere.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT 'credit' AS record, credit.id, NULL::integer AS number
FROM credit
LEFT JOIN customer ON customer.id = credit.customer_id AND customer.provider_id = credit.provider_id
LEFT JOIN gl_code ON gl_code.id = credit.gl_code_id AND gl_code.provider_id = credit.provider_id
LEFT JOIN staff ON staff.id = credit.created_by_id
LEFT JOIN run_row
    ON run_row.id = credit.run_row_id
    AND run_row.customer_id = credit.customer_id
    AND run_row.provider_id = credit.provider_id
    AND run_row.amount_minor = credit.issued_minor
WHERE customer.id IS NULL
    OR gl_code.id IS NULL
    OR (credit.created_by_id IS NOT NULL AND staff.id IS NULL)
    OR (credit.run_row_id IS NOT NULL AND run_row.id IS NULL)
UNION ALL
SELECT 'credit_entry', credit_entry.credit_id, credit_entry.number
FROM credit_entry
LEFT JOIN credit
    ON credit.id = credit_entry.credit_id
    AND credit.customer_id = credit_entry.customer_id
    AND credit.provider_id = credit_entry.provider_id
LEFT JOIN journal_entry
    ON journal_entry.id = credit_entry.journal_entry_id AND journal_entry.provider_id = credit_entry.provider_id
LEFT JOIN run_row
    ON run_row.id = credit_entry.run_row_id
    AND run_row.reverses_row_id = credit.run_row_id
    AND run_row.amount_minor >= -credit_entry.amount_minor
WHERE credit.id IS NULL
    OR journal_entry.id IS NULL
    OR (credit_entry.run_row_id IS NOT NULL AND run_row.id IS NULL)
UNION ALL
SELECT 'journal_entry', journal_entry.id, NULL
FROM journal_entry
LEFT JOIN run ON run.id = journal_entry.cause_id AND run.provider_id = journal_entry.provider_id
WHERE journal_entry.cause_type = 'run' AND run.id IS NULL
UNION ALL
SELECT 'journal_entry', journal_entry.id, NULL
FROM journal_entry
LEFT JOIN credit_change
    ON credit_change.id = journal_entry.cause_id AND credit_change.journal_entry_id = journal_entry.id
WHERE journal_entry.cause_type = 'credit_change' AND credit_change.id IS NULL
UNION ALL
SELECT 'journal_entry', journal_entry.id, NULL
FROM journal_entry
LEFT JOIN credit_entry
    ON credit_entry.credit_id = journal_entry.cause_id
    AND credit_entry.number = 1
    AND credit_entry.journal_entry_id = journal_entry.id
LEFT JOIN credit ON credit.id = credit_entry.credit_id AND credit.run_row_id IS NULL
WHERE journal_entry.cause_type = 'credit' AND credit.id IS NULL
