-- What each GL code of a provider stood at before a day, and what was debited and credited since, up to another day.
-- What it stood at is all that was ever booked on it, less what was booked since: so the days of older entries are not read.
-- Parameters: provider, first, last (both days are included).
-- Index: journal_entry_by_day (provider_id, booked_on), journal_line_entry_id; the lines are read once, without their entries.
WITH whole AS (
    SELECT gl_code_id, sum(debit_minor - credit_minor) AS amount_minor
    FROM journal_line
    WHERE provider_id = %(provider)s
    GROUP BY gl_code_id
),
since AS (
    SELECT
        journal_line.gl_code_id,
        sum(debit_minor - credit_minor) AS amount_minor,
        coalesce(sum(debit_minor) FILTER (WHERE booked_on <= %(last)s), 0) AS debit_minor,
        coalesce(sum(credit_minor) FILTER (WHERE booked_on <= %(last)s), 0) AS credit_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    WHERE journal_entry.provider_id = %(provider)s AND booked_on >= %(first)s
    GROUP BY journal_line.gl_code_id
),
account AS (
    SELECT
        whole.gl_code_id,
        whole.amount_minor - coalesce(since.amount_minor, 0) AS opening_minor,
        coalesce(since.debit_minor, 0) AS debit_minor,
        coalesce(since.credit_minor, 0) AS credit_minor
    FROM whole
    LEFT JOIN since ON since.gl_code_id = whole.gl_code_id
)
SELECT gl_code.code, gl_code.description, gl_code.type, account.opening_minor, account.debit_minor, account.credit_minor
FROM account
JOIN gl_code ON gl_code.id = account.gl_code_id
WHERE account.opening_minor <> 0 OR account.debit_minor <> 0 OR account.credit_minor <> 0
ORDER BY gl_code.code
