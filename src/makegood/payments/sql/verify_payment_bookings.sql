-- Movements of payments whose journal entry is not theirs, is of another day, or moves another amount on the payment's GL
-- code; journal entries of payments that no movement names; and payments whose movements are not numbered from one without a
-- gap, or do not leave what the payment says that it still holds.
-- Parameters: none.
-- Index: none; reads payments, their movements and the journal once.
WITH booking AS (
    SELECT
        payment_movement.payment_id,
        payment_movement.provider_id,
        payment_movement.journal_entry_id,
        CASE payment_movement.type
            WHEN 'received' THEN 'payment_recorded'
            WHEN 'reversed' THEN 'payment_reversed'
            WHEN 'returned' THEN 'payment_returned'
            WHEN 'won_back' THEN 'payment_won_back'
        END AS event,
        payment_movement.booked_on,
        payment_movement.effective_on,
        payment.gl_code_id,
        payment_movement.amount_minor
    FROM payment_movement
    JOIN payment ON payment.id = payment_movement.payment_id
    WHERE payment_movement.type IN ('received', 'reversed', 'returned', 'won_back')
),
moved AS (
    SELECT
        journal_line.entry_id, journal_line.gl_code_id, sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_line
    JOIN booking ON booking.journal_entry_id = journal_line.entry_id AND booking.gl_code_id = journal_line.gl_code_id
    GROUP BY journal_line.entry_id, journal_line.gl_code_id
)
SELECT
    'movement' AS record,
    coalesce(booking.payment_id, journal_entry.cause_id) AS payment,
    coalesce(booking.journal_entry_id, journal_entry.id) AS journal_entry,
    booking.amount_minor AS said_minor,
    moved.amount_minor AS booked_minor
FROM booking
FULL JOIN (
    SELECT * FROM journal_entry
    WHERE event IN ('payment_recorded', 'payment_reversed', 'payment_returned', 'payment_won_back')
) AS journal_entry
    ON journal_entry.id = booking.journal_entry_id
    AND journal_entry.cause_type = 'payment'
    AND journal_entry.cause_id = booking.payment_id
    AND journal_entry.event = booking.event
    AND journal_entry.provider_id = booking.provider_id
LEFT JOIN moved ON moved.entry_id = booking.journal_entry_id
WHERE booking.payment_id IS NULL
    OR journal_entry.id IS NULL
    OR journal_entry.booked_on <> booking.booked_on
    OR journal_entry.effective_on IS DISTINCT FROM booking.effective_on
    OR moved.amount_minor IS DISTINCT FROM booking.amount_minor
UNION ALL
SELECT 'payment', payment.id, payment.journal_entry_id, held.said_minor, held.moved_minor
FROM (
    SELECT
        payment.id,
        CASE
            WHEN payment.booked_on IS NULL THEN 0
            ELSE payment.amount_minor - payment.refunded_minor - payment.paid_out_minor - payment.returned_minor - payment.lost_minor
        END AS said_minor,
        coalesce(sum(payment_movement.amount_minor), 0) AS moved_minor,
        count(payment_movement.number) AS movements,
        coalesce(max(payment_movement.number), 0) AS last_number
    FROM payment
    LEFT JOIN payment_movement ON payment_movement.payment_id = payment.id
    GROUP BY payment.id
) AS held
JOIN payment ON payment.id = held.id
LEFT JOIN payment_movement AS first ON first.payment_id = payment.id AND first.number = 1
LEFT JOIN payment_movement AS reversal ON reversal.payment_id = payment.id AND reversal.type = 'reversed'
WHERE held.said_minor <> held.moved_minor
    OR held.movements <> held.last_number
    OR first.journal_entry_id IS DISTINCT FROM payment.journal_entry_id
    OR first.booked_on IS DISTINCT FROM payment.booked_on
    OR first.effective_on IS DISTINCT FROM payment.effective_on
    OR first.amount_minor <> payment.amount_minor
    OR (payment.state = 'reversed') <> (reversal.payment_id IS NOT NULL)
    OR reversal.journal_entry_id IS DISTINCT FROM payment.reversal_journal_entry_id
    OR reversal.booked_on IS DISTINCT FROM payment.reversed_on
