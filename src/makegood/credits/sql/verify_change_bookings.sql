-- Changes that booked something else than they say, and adjustments and single take-backs that belong to no change. A change
-- adjusts its credit by the difference of its amounts, takes back what it says, and has a journal entry of its own and day.
-- Parameters: none.
-- Index: none; reads changes, entries and the journal once.
WITH entered AS (
    SELECT
        credit_id,
        journal_entry_id,
        count(*) AS entries,
        sum(amount_minor) FILTER (WHERE type = 'adjusted') AS adjusted_minor,
        -sum(amount_minor) FILTER (WHERE type = 'taken_back') AS taken_back_minor
    FROM credit_entry
    WHERE (type = 'adjusted' OR (type = 'taken_back' AND run_row_id IS NULL AND use_id IS NULL))
        -- A payment that goes back takes what was over of it, and brings it again; `payment_funds` holds that. So does what
        -- comes of a pay-out after it went back.
        AND NOT EXISTS (
            SELECT
            FROM journal_entry
            WHERE id = credit_entry.journal_entry_id
                AND event IN ('payment_reversed', 'payment_returned', 'payment_won_back', 'refund_bounced', 'pay_out_failed')
        )
    GROUP BY credit_id, journal_entry_id
)
SELECT
    coalesce(credit_change.credit_id, entered.credit_id) AS credit,
    credit_change.number AS change,
    coalesce(credit_change.journal_entry_id, entered.journal_entry_id) AS journal_entry,
    entered.adjusted_minor,
    entered.taken_back_minor
FROM credit_change
FULL JOIN entered
    ON entered.credit_id = credit_change.credit_id AND entered.journal_entry_id = credit_change.journal_entry_id
LEFT JOIN journal_entry ON journal_entry.id = credit_change.journal_entry_id
WHERE credit_change.id IS NULL
    OR entered.entries > 1
    OR credit_change.new_amount_minor - credit_change.old_amount_minor <> coalesce(entered.adjusted_minor, 0)
    OR credit_change.taken_back_minor <> coalesce(entered.taken_back_minor, 0)
    OR (
        credit_change.journal_entry_id IS NOT NULL
        AND (
            journal_entry.cause_type <> 'credit_change'
            OR journal_entry.cause_id <> credit_change.id
            OR journal_entry.event <> 'credit_' || credit_change.action
            OR journal_entry.booked_on <> credit_change.booked_on
        )
    )
