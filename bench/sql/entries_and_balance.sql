-- Floor (b): bare entries and one update of the balances.
INSERT INTO credit_entry (
    credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
    booked_on, type
)
SELECT id, 1, provider_id, id, 1, 1000, 1000, timestamptz '2026-01-01', date '2026-01-01', 'issued'
FROM customer ORDER BY id;
UPDATE customer_balance SET funds_minor = funds_minor + 1000;
