-- What the proof line of a run is held against: the sums of its entries and of its journal lines on Available Funds, in
-- minor units, both as amounts that the run moved.
-- Parameters: run, provider.
-- Index: journal_entry_by_cause; run_row_once (run_id, ...); credit (run_row_id); credit_entry_once_per_run_row.
SELECT
    coalesce((
        SELECT sum(credit.issued_minor)
        FROM run_row
        JOIN credit ON credit.run_row_id = run_row.id
        WHERE run_row.run_id = %(run)s
    ), 0)::bigint + coalesce((
        SELECT sum(-credit_entry.amount_minor)
        FROM run_row
        JOIN credit_entry ON credit_entry.run_row_id = run_row.id
        WHERE run_row.run_id = %(run)s
    ), 0)::bigint AS entries_minor,
    coalesce((
        SELECT sum(abs(journal_line.credit_minor - journal_line.debit_minor))
        FROM journal_entry
        JOIN journal_line ON journal_line.entry_id = journal_entry.id
        JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'available_funds'
        WHERE journal_entry.provider_id = %(provider)s
            AND journal_entry.cause_type = 'run'
            AND journal_entry.cause_id = %(run)s
    ), 0)::bigint AS journal_minor
