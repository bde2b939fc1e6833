-- Floor of using funds: its rows into the same tables and indexes, by one bare statement per table.
UPDATE customer_balance
SET funds_minor = funds_minor - ready_paid.amount_minor, receivable_minor = receivable_minor - ready_paid.amount_minor
FROM ready_paid
WHERE customer_balance.customer_id = ready_paid.customer_id;

UPDATE credit
SET used_minor = used_minor + ready_use.amount_minor
FROM ready_use
WHERE credit.id = ready_use.credit_id;

UPDATE invoice
SET used_minor = used_minor + ready_paid.amount_minor,
    state = CASE WHEN due_minor = ready_paid.amount_minor THEN 'paid' ELSE state END,
    settled_on = CASE WHEN due_minor = ready_paid.amount_minor THEN date '2026-03-15' END
FROM ready_paid
WHERE invoice.id = ready_paid.invoice_id;

INSERT INTO credit_use (
    id, provider_id, customer_id, credit_id, invoice_id, journal_entry_id, amount_minor, returned_minor, created_at, used_on
)
SELECT
    id, provider_id, customer_id, credit_id, invoice_id, 1, amount_minor, 0, timestamptz '2026-03-15', date '2026-03-15'
FROM ready_use
ORDER BY id;

INSERT INTO credit_entry (
    credit_id, number, provider_id, customer_id, journal_entry_id, use_id, amount_minor, funds_after_minor, created_at,
    booked_on, type
)
SELECT
    credit_id, 2, provider_id, customer_id, 1, id, -amount_minor, 0, timestamptz '2026-03-15', date '2026-03-15', 'used'
FROM ready_use
ORDER BY id;

INSERT INTO receivable_entry (
    invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
    booked_on, type
)
SELECT
    invoice_id, place + 1, provider_id, customer_id, 1, 'credit_use', id, -amount_minor, timestamptz '2026-03-15',
    date '2026-03-15', 'used'
FROM ready_use
ORDER BY id
