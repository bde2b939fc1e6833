-- Gives parts of a payment that is won back to invoices of its customer, whose lock is held, that were given up meanwhile or before:
-- what it pays of them again is not written off any more. They stay Uncollectible, as nothing of them is due. The mirror of what
-- take_allocations_away does to such invoices.
-- Parameters: payment, provider, customer, invoices and amounts (bigint[], of one length), journal_entry, created_at, booked_on.
-- Index: primary keys of payment_allocation, invoice and receivable_entry.
WITH part AS MATERIALIZED (
    SELECT invoice_id, amount_minor, position
    FROM unnest(%(invoices)s::bigint[], %(amounts)s::bigint[]) WITH ORDINALITY AS part (invoice_id, amount_minor, position)
),
changed AS (
    UPDATE invoice
    SET paid_minor = invoice.paid_minor + part.amount_minor,
        written_off_minor = invoice.written_off_minor - part.amount_minor
    FROM part
    WHERE invoice.id = part.invoice_id
        AND invoice.customer_id = %(customer)s
        AND invoice.provider_id = %(provider)s
        AND invoice.state = 'uncollectible'
        AND invoice.written_off_minor >= part.amount_minor
    RETURNING invoice.id AS invoice_id, part.amount_minor, part.position
),
allocated AS (
    INSERT INTO payment_allocation (payment_id, number, provider_id, invoice_id, journal_entry_id, amount_minor)
    SELECT
        %(payment)s,
        (SELECT max(number) FROM payment_allocation WHERE payment_id = %(payment)s) + position,
        %(provider)s, invoice_id, %(journal_entry)s, amount_minor
    FROM changed
),
entry AS (
    SELECT invoice_id, 1 AS step, -amount_minor AS amount_minor, 'paid' AS type
    FROM changed
    UNION ALL
    SELECT invoice_id, 2, amount_minor, 'written_off'
    FROM changed
),
entered AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, type
    )
    SELECT
        invoice_id,
        (SELECT max(number) FROM receivable_entry WHERE receivable_entry.invoice_id = entry.invoice_id) + step,
        %(provider)s, %(customer)s, %(journal_entry)s, 'payment', %(payment)s, amount_minor, %(created_at)s,
        %(booked_on)s, type
    FROM entry
)
SELECT coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM changed
