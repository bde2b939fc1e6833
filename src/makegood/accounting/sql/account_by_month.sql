-- What one account of a provider stood at before a day (month is null), and by what it moved in each month since, up to
-- another day; as debits less credits.
-- What it stood at is all that was ever booked on it, less what was booked since: so the days of older entries are not read.
-- Parameters: provider, gl_code, first, last (both days are included). The GL code is a value, not looked up: then the
-- planner knows how many lines it has.
-- Index: journal_line_gl_code_id; journal_entry_by_day (provider_id, booked_on) and journal_line_entry_id.
WITH since AS MATERIALIZED (
    SELECT booked_on, sum(debit_minor - credit_minor) AS amount_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    WHERE journal_entry.provider_id = %(provider)s
        AND booked_on >= %(first)s
        AND journal_line.gl_code_id = %(gl_code)s
    GROUP BY booked_on
)
SELECT
    NULL AS month,
    (
        coalesce(sum(debit_minor - credit_minor), 0) - (SELECT coalesce(sum(amount_minor), 0) FROM since)
    )::bigint AS amount_minor
FROM journal_line
WHERE gl_code_id = %(gl_code)s
UNION ALL
SELECT date_trunc('month', booked_on)::date, sum(amount_minor)::bigint
FROM since
WHERE booked_on <= %(last)s
GROUP BY 1
