-- Everybody pays by autopay and owes one invoice, to be collected from the 15th of March on. It has no lines, as nothing of
-- collecting reads them.
UPDATE customer SET autopay = true;

INSERT INTO invoice (
    provider_id, customer_id, number, net_minor, tax_minor, used_minor, paid_minor, written_off_minor, voided_minor,
    to_funds_minor, in_flight_minor, by_hand, created_at, issued_at, period_from, period_to, issued_on, due_on, collect_on,
    reminders_sent, billing_day, cycle, kind, state
)
SELECT
    provider_id, id, row_number() OVER (ORDER BY id), 4999 + id % 7 * 100, 0, 0, 0, 0, 0,
    0, 0, false, timestamptz '2026-03-01', timestamptz '2026-03-01', '2026-03-01', '2026-03-31', '2026-03-01', '2026-03-15',
    '2026-03-15', 0, 1, 'monthly', 'single', 'open'
FROM customer
ORDER BY id;

WITH entry AS (
    INSERT INTO journal_entry (provider_id, booked_on, created_at, event, cause_type, cause_id)
    SELECT id, '2026-03-01', timestamptz '2026-03-01', 'invoice_issued', 'provider', id FROM provider
    RETURNING id, provider_id
),
line AS (
    INSERT INTO journal_line (provider_id, entry_id, gl_code_id, debit_minor, credit_minor)
    SELECT
        entry.provider_id, entry.id, gl_code.id,
        CASE gl_code.code WHEN '1200' THEN owed.amount_minor ELSE 0 END,
        CASE gl_code.code WHEN '4000' THEN owed.amount_minor ELSE 0 END
    FROM entry
    CROSS JOIN (SELECT sum(total_minor)::bigint AS amount_minor FROM invoice) AS owed
    JOIN gl_code ON gl_code.code IN ('1200', '4000')
)
INSERT INTO receivable_entry (
    invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at, booked_on,
    type
)
SELECT
    invoice.id, 1, invoice.provider_id, invoice.customer_id, entry.id, 'invoice', invoice.id, invoice.total_minor,
    timestamptz '2026-03-01', '2026-03-01', 'issued'
FROM invoice
CROSS JOIN entry
ORDER BY invoice.id;

UPDATE customer_balance
SET receivable_minor = invoice.total_minor
FROM invoice
WHERE invoice.customer_id = customer_balance.customer_id
