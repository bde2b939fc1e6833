-- Allocations without the entry in the sub-ledger of receivables that they made, and such entries without an allocation.
-- Parameters: none.
-- Index: none; reads both once.
WITH entered AS (
    SELECT invoice_id, journal_entry_id, cause_type, cause_id, sum(amount_minor) AS amount_minor
    FROM receivable_entry
    WHERE type IN ('paid', 'unpaid')
    GROUP BY invoice_id, journal_entry_id, cause_type, cause_id
),
allocated AS (
    SELECT invoice_id, journal_entry_id, payment_id, sum(amount_minor) AS amount_minor
    FROM payment_allocation
    GROUP BY invoice_id, journal_entry_id, payment_id
)
SELECT
    coalesce(allocated.payment_id, entered.cause_id) AS payment,
    coalesce(allocated.invoice_id, entered.invoice_id) AS invoice,
    allocated.amount_minor AS allocated_minor,
    entered.amount_minor AS entered_minor
FROM allocated
FULL JOIN entered
    ON entered.invoice_id = allocated.invoice_id
    AND entered.journal_entry_id = allocated.journal_entry_id
    AND entered.cause_type = 'payment'
    AND entered.cause_id = allocated.payment_id
WHERE allocated.amount_minor IS DISTINCT FROM -entered.amount_minor
