-- Payments and reversals whose journal entry is not theirs, is of another day, or moves another amount of cash; and journal
-- entries of payments that no payment names.
-- Parameters: none.
-- Index: none; reads payments and the journal once.
WITH booking AS (
    SELECT
        id AS payment_id, provider_id, journal_entry_id, 'payment_recorded' AS event, booked_on, effective_on, gl_code_id,
        amount_minor
    FROM payment
    UNION ALL
    SELECT id, provider_id, reversal_journal_entry_id, 'payment_reversed', reversed_on, NULL, gl_code_id, -amount_minor
    FROM payment
    WHERE state = 'reversed'
),
cash AS (
    SELECT
        journal_line.entry_id, journal_line.gl_code_id, sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_line
    JOIN booking ON booking.journal_entry_id = journal_line.entry_id AND booking.gl_code_id = journal_line.gl_code_id
    GROUP BY journal_line.entry_id, journal_line.gl_code_id
)
SELECT
    coalesce(booking.payment_id, journal_entry.cause_id) AS payment,
    coalesce(booking.journal_entry_id, journal_entry.id) AS journal_entry,
    booking.amount_minor AS said_minor,
    cash.amount_minor AS booked_minor
FROM booking
FULL JOIN (
    SELECT * FROM journal_entry WHERE event IN ('payment_recorded', 'payment_reversed')
) AS journal_entry
    ON journal_entry.id = booking.journal_entry_id
    AND journal_entry.cause_type = 'payment'
    AND journal_entry.cause_id = booking.payment_id
    AND journal_entry.event = booking.event
    AND journal_entry.provider_id = booking.provider_id
LEFT JOIN cash ON cash.entry_id = booking.journal_entry_id
WHERE booking.payment_id IS NULL
    OR journal_entry.id IS NULL
    OR journal_entry.booked_on <> booking.booked_on
    OR journal_entry.effective_on IS DISTINCT FROM booking.effective_on
    OR cash.amount_minor IS DISTINCT FROM booking.amount_minor
