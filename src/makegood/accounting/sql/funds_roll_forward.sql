-- The movements of Available Funds by kind and GL code: all that came before a day as one (month is null), and those since, up
-- to another day, by month and type of movement.
-- A movement counts for the GL code that its credit had then. So all of them are added up by the code that the credit has now,
-- which is right unless it changed; for each change, what came before it is taken from the new code and given to the old one.
-- What remained at the change goes from the old code to the new one: `moved`. A change that booked nothing found nothing
-- remaining; what came before it is all that was booked before the next change that did.
-- Parameters: provider, first, last (both days are included).
-- Index: credit_change_numbered (credit_id, number), credit_entry primary key (credit_id, number) for the changes; the entries
-- and the credits are read once, and joined by hash.
WITH numbered AS (
    SELECT
        credit_id,
        old_gl_code_id,
        new_gl_code_id,
        booked_on,
        min(journal_entry_id) OVER (
            PARTITION BY credit_id ORDER BY number ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ) AS before_entry_id
    FROM credit_change
    WHERE provider_id = %(provider)s
),
changed AS (
    SELECT * FROM numbered WHERE old_gl_code_id <> new_gl_code_id
),
before_change AS (
    SELECT
        changed.old_gl_code_id,
        changed.new_gl_code_id,
        changed.booked_on AS changed_on,
        credit.kind,
        credit_entry.booked_on,
        credit_entry.type,
        credit_entry.amount_minor
    FROM changed
    JOIN credit ON credit.id = changed.credit_id
    JOIN credit_entry
        ON credit_entry.credit_id = changed.credit_id
        AND (changed.before_entry_id IS NULL OR credit_entry.journal_entry_id < changed.before_entry_id)
),
movement AS (
    SELECT credit.kind, credit.gl_code_id, credit_entry.booked_on, credit_entry.type, sum(credit_entry.amount_minor) AS amount_minor
    FROM credit_entry
    JOIN credit ON credit.id = credit_entry.credit_id
    WHERE credit_entry.provider_id = %(provider)s
        AND credit.provider_id = %(provider)s
        AND credit_entry.booked_on <= %(last)s
    GROUP BY credit.kind, credit.gl_code_id, credit_entry.booked_on, credit_entry.type
    UNION ALL
    SELECT kind, old_gl_code_id, booked_on, type, amount_minor FROM before_change WHERE booked_on <= %(last)s
    UNION ALL
    SELECT kind, new_gl_code_id, booked_on, type, -amount_minor FROM before_change WHERE booked_on <= %(last)s
    UNION ALL
    SELECT kind, old_gl_code_id, changed_on, 'moved', -amount_minor FROM before_change WHERE changed_on <= %(last)s
    UNION ALL
    SELECT kind, new_gl_code_id, changed_on, 'moved', amount_minor FROM before_change WHERE changed_on <= %(last)s
),
summed AS (
    SELECT
        CASE WHEN booked_on >= %(first)s THEN date_trunc('month', booked_on)::date END AS month,
        kind,
        gl_code_id,
        CASE WHEN booked_on >= %(first)s THEN type END AS type,
        sum(amount_minor)::bigint AS amount_minor
    FROM movement
    GROUP BY 1, 2, 3, 4
    HAVING sum(amount_minor) <> 0
)
SELECT summed.month, summed.kind, gl_code.code AS gl_code, gl_code.description, summed.type, summed.amount_minor
FROM summed
JOIN gl_code ON gl_code.id = summed.gl_code_id
ORDER BY gl_code.code, summed.kind, summed.month NULLS FIRST
