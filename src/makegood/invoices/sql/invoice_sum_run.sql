-- What an invoice run has issued, added up three ways, and what has become of it: one row.
-- Parameters: run, provider.
-- Index: run_row_once (run_id, customer_id, order_id); invoice (run_row_id); receivable_entry primary key; journal_entry_by_cause.
WITH issued AS MATERIALIZED (
    SELECT invoice.*
    FROM run_row
    JOIN invoice ON invoice.run_row_id = run_row.id
    WHERE run_row.run_id = %(run)s AND invoice.number IS NOT NULL
),
booked AS (
    SELECT coalesce(sum(journal_line.debit_minor - journal_line.credit_minor), 0) AS journal_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'receivable'
    WHERE journal_entry.provider_id = %(provider)s
        AND journal_entry.cause_type = 'run'
        AND journal_entry.cause_id = %(run)s
        AND journal_entry.event = 'invoice_issued'
),
entered AS (
    SELECT coalesce(sum(receivable_entry.amount_minor), 0) AS entries_minor
    FROM issued
    JOIN receivable_entry ON receivable_entry.invoice_id = issued.id AND receivable_entry.number = 1
)
SELECT
    count(*) AS invoices,
    coalesce(sum(total_minor) FILTER (WHERE total_minor > 0), 0)::bigint AS billed_minor,
    coalesce(sum(total_minor), 0)::bigint AS total_minor,
    coalesce(sum(tax_minor), 0)::bigint AS tax_minor,
    (SELECT entries_minor FROM entered)::bigint AS entries_minor,
    (SELECT journal_minor FROM booked)::bigint AS journal_minor,
    coalesce(sum(used_minor), 0)::bigint AS used_minor,
    coalesce(sum(paid_minor), 0)::bigint AS paid_minor,
    coalesce(sum(written_off_minor), 0)::bigint AS written_off_minor,
    coalesce(sum(voided_minor), 0)::bigint AS voided_minor,
    coalesce(sum(to_funds_minor), 0)::bigint AS to_funds_minor,
    coalesce(sum(due_minor), 0)::bigint AS due_minor
FROM issued
