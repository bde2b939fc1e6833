-- Gives parts of a payment to invoices of its customer, whose lock is held: invoices, allocations and the sub-ledger of
-- receivables in one statement, so they cannot disagree. An invoice that is not owed any more, or has a payment in flight, is
-- left out.
-- Parameters: payment, provider, customer, invoices and amounts (bigint[], of one length), journal_entry, created_at,
-- booked_on, effective_on.
-- Index: primary keys of invoice, receivable_entry and payment_allocation.
WITH part AS MATERIALIZED (
    SELECT invoice_id, amount_minor, position
    FROM unnest(%(invoices)s::bigint[], %(amounts)s::bigint[]) WITH ORDINALITY AS part (invoice_id, amount_minor, position)
),
changed AS (
    UPDATE invoice
    SET paid_minor = invoice.paid_minor + part.amount_minor,
        state = CASE WHEN invoice.due_minor = part.amount_minor THEN 'paid' ELSE invoice.state END,
        settled_on = CASE WHEN invoice.due_minor = part.amount_minor THEN %(booked_on)s::date END
    FROM part
    WHERE invoice.id = part.invoice_id
        AND invoice.customer_id = %(customer)s
        AND invoice.provider_id = %(provider)s
        AND invoice.state IN ('open', 'late')
        AND invoice.due_minor >= part.amount_minor
        AND invoice.in_flight_minor = 0
    RETURNING invoice.id AS invoice_id, part.amount_minor, part.position
),
allocated AS (
    INSERT INTO payment_allocation (payment_id, number, provider_id, invoice_id, journal_entry_id, amount_minor)
    SELECT
        %(payment)s,
        coalesce((SELECT max(number) FROM payment_allocation WHERE payment_id = %(payment)s), 0) + position,
        %(provider)s, invoice_id, %(journal_entry)s, amount_minor
    FROM changed
),
entered AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        invoice_id,
        (SELECT max(number) FROM receivable_entry WHERE receivable_entry.invoice_id = changed.invoice_id) + 1,
        %(provider)s, %(customer)s, %(journal_entry)s, 'payment', %(payment)s, -amount_minor, %(created_at)s,
        %(booked_on)s, %(effective_on)s, 'paid'
    FROM changed
)
SELECT count(*) AS invoices, coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM changed
