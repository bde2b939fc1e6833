-- Floor (a): the rows of a credit run into the same tables and indexes, by one bare statement per table.
INSERT INTO run_row (provider_id, run_id, customer_id, amount_minor)
SELECT provider_id, 1, id, 1000 FROM customer ORDER BY id;
INSERT INTO credit (
    provider_id, customer_id, run_row_id, gl_code_id, created_by_id, created_at, issued_on, kind, description,
    issued_minor, adjusted_minor, used_minor, refunded_minor, expired_minor, taken_back_minor
)
SELECT provider_id, customer_id, id, 1, 1, timestamptz '2026-01-01', date '2026-01-01', 'goodwill', 'Storm outage',
    amount_minor, 0, 0, 0, 0, 0
FROM run_row ORDER BY customer_id;
INSERT INTO credit_entry (
    credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
    booked_on, type
)
SELECT id, 1, provider_id, customer_id, 1, issued_minor, issued_minor, timestamptz '2026-01-01', date '2026-01-01',
    'issued'
FROM credit ORDER BY id;
UPDATE customer_balance SET funds_minor = funds_minor + 1000;
