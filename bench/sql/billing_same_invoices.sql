-- Floor of an invoice run: its rows into the same tables and indexes, by one bare statement per table and change.
INSERT INTO run_row (provider_id, run_id, customer_id, amount_minor)
SELECT provider_id, 1, customer_id, net_minor + tax_minor FROM ready_invoice ORDER BY customer_id;

INSERT INTO invoice (
    provider_id, customer_id, run_row_id, net_minor, tax_minor, used_minor, paid_minor, written_off_minor, voided_minor,
    to_funds_minor, created_at, period_from, period_to, reminders_sent, billing_day, basis, cycle,
    kind, state
)
SELECT
    provider_id, customer_id, id, net_minor, tax_minor, 0, 0, 0, 0, 0, timestamptz '2026-03-01', from_on, until - 1, 0, 1, basis,
    'monthly', 'period', 'draft'
FROM ready_invoice
ORDER BY customer_id;

INSERT INTO invoice_line (
    invoice_id, position, provider_id, customer_id, order_id, gl_code_id, amount_minor, net_minor, tax_rate, from_on, to_on,
    kind, description
)
SELECT
    ready_invoice.id, position, ready_line.provider_id, ready_line.customer_id, order_id, gl_code_id, amount_minor,
    amount_minor, tax_rate, ready_line.from_on, ready_line.until - 1, 'service', name
FROM ready_line
JOIN ready_invoice ON ready_invoice.customer_id = ready_line.customer_id
ORDER BY ready_invoice.id, position;

INSERT INTO invoice_tax (invoice_id, tax_rate, provider_id, gl_code_id, net_minor, tax_minor)
SELECT ready_invoice.id, tax_rate, ready_tax.provider_id, 1, ready_tax.net_minor, ready_tax.tax_minor
FROM ready_tax
JOIN ready_invoice ON ready_invoice.customer_id = ready_tax.customer_id
WHERE tax_rate > 0
ORDER BY ready_invoice.id, tax_rate;

UPDATE invoice
SET number = ready_invoice.id, state = 'open', issued_at = timestamptz '2026-03-01', issued_on = date '2026-03-01',
    due_on = date '2026-03-15', collect_on = date '2026-03-15'
FROM ready_invoice
WHERE invoice.customer_id = ready_invoice.customer_id;

UPDATE customer_balance
SET receivable_minor = receivable_minor + ready_invoice.net_minor + ready_invoice.tax_minor
FROM ready_invoice
WHERE customer_balance.customer_id = ready_invoice.customer_id;

INSERT INTO receivable_entry (
    invoice_id, number, provider_id, customer_id, journal_entry_id, cause_id, amount_minor, created_at, booked_on,
    cause_type, type
)
SELECT
    id, 1, provider_id, customer_id, 1, id, net_minor + tax_minor, timestamptz '2026-03-01', date '2026-03-01', 'invoice',
    'issued'
FROM ready_invoice
ORDER BY id;

UPDATE order_billing
SET billed_until = ready_line.until
FROM ready_line
WHERE order_billing.order_id = ready_line.order_id;

UPDATE billing_account
SET next_period_on = ready_invoice.until
FROM ready_invoice
WHERE billing_account.customer_id = ready_invoice.customer_id;

INSERT INTO message (
    provider_id, customer_id, cause_id, created_at, due_at, attempts, template, cause_type, state, reason, address, subject
)
SELECT
    provider_id, customer_id, 1, timestamptz '2026-03-01', timestamptz '2026-03-01', 0, 'new_invoice', 'run', 'waiting', '',
    '', ''
FROM ready_invoice
ORDER BY customer_id
