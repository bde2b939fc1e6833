-- What was given within 24 hours, and what still waits in runs under way: by one person and by everybody, in minor units.
-- A run counts for who last started it, a single credit for who gave it; what was taken back, lowered or used since counts all the same.
-- Parameters: provider, staff, run (one that the person is about to answer for, or none), since, since_day (a day that is
-- surely not later than the bookings since then).
-- Index: journal_entry_by_day; journal_line (entry_id); run and credit primary keys; run_unfinished; credit_change_by_time.
WITH given AS (
    SELECT
        CASE WHEN run.id = %(run)s THEN %(staff)s ELSE run.started_by_id END AS staff_id,
        journal_line.credit_minor AS amount_minor
    FROM journal_entry
    JOIN journal_line ON journal_line.entry_id = journal_entry.id
    JOIN run ON run.id = journal_entry.cause_id
    WHERE journal_entry.provider_id = %(provider)s
        AND journal_entry.booked_on >= %(since_day)s
        AND journal_entry.created_at >= %(since)s
        AND journal_entry.cause_type = 'run'
        AND journal_entry.event = 'credit_issued'
    UNION ALL
    SELECT credit.created_by_id, credit.issued_minor
    FROM journal_entry
    JOIN credit ON credit.id = journal_entry.cause_id
    WHERE journal_entry.provider_id = %(provider)s
        AND journal_entry.booked_on >= %(since_day)s
        AND journal_entry.created_at >= %(since)s
        AND journal_entry.cause_type = 'credit'
        AND journal_entry.event = 'credit_issued'
    UNION ALL
    SELECT started_by_id, total_minor - booked_minor
    FROM run
    WHERE provider_id = %(provider)s AND kind = 'credit' AND state IN ('queued', 'running', 'stopping')
    UNION ALL
    SELECT created_by_id, new_amount_minor - old_amount_minor
    FROM credit_change
    WHERE provider_id = %(provider)s AND created_at >= %(since)s AND new_amount_minor > old_amount_minor
)
SELECT
    coalesce(sum(amount_minor) FILTER (WHERE staff_id = %(staff)s), 0)::bigint AS by_person_minor,
    coalesce(sum(amount_minor), 0)::bigint AS by_all_minor
FROM given
