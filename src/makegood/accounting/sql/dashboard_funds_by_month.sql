-- What was put into Available Funds and what came out of them, month by month, by the event of the journal.
-- Parameters: provider, gl_code (of Available Funds; a value, so that the planner knows how many lines it has), first, last
-- (both days are included).
-- Index: journal_entry_by_day (provider_id, booked_on), journal_line_gl_code_id.
SELECT
    date_trunc('month', booked_on)::date AS month,
    event,
    sum(credit_minor - debit_minor)::bigint AS amount_minor
FROM journal_line
JOIN journal_entry ON journal_entry.id = journal_line.entry_id
WHERE journal_line.gl_code_id = %(gl_code)s
    AND journal_entry.provider_id = %(provider)s
    AND booked_on BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2
