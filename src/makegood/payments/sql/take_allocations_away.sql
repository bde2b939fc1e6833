-- Takes away from invoices what a payment has paid of them, or a part of it, in one statement: Paid ones are owed again, Late
-- where their due date has passed. What was paid of an Uncollectible one is written off with the rest of it. The customer's
-- lock is held.
-- Parameters: payment, provider, customer, invoices and amounts (bigint[], of one length), by_hand (whether what is owed again
-- is left to people from now on), journal_entry, created_at, booked_on.
-- Index: primary keys of payment_allocation, invoice and receivable_entry.
WITH given AS MATERIALIZED (
    SELECT
        invoice_id,
        amount_minor,
        (SELECT max(number) FROM payment_allocation WHERE payment_id = %(payment)s)
            + row_number() OVER (ORDER BY invoice_id) AS position
    FROM unnest(%(invoices)s::bigint[], %(amounts)s::bigint[]) AS part (invoice_id, amount_minor)
),
changed AS (
    UPDATE invoice
    SET paid_minor = invoice.paid_minor - given.amount_minor,
        written_off_minor = invoice.written_off_minor
            + CASE WHEN invoice.state = 'uncollectible' THEN given.amount_minor ELSE 0 END,
        state = CASE
            WHEN invoice.state <> 'paid' THEN invoice.state
            WHEN invoice.due_on < %(booked_on)s::date THEN 'late'
            ELSE 'open'
        END,
        late_on = CASE
            WHEN invoice.state = 'paid' AND invoice.due_on < %(booked_on)s::date
                THEN coalesce(invoice.late_on, %(booked_on)s::date)
            ELSE invoice.late_on
        END,
        settled_on = CASE WHEN invoice.state = 'uncollectible' THEN invoice.settled_on END,
        by_hand = invoice.by_hand OR (%(by_hand)s AND invoice.state <> 'uncollectible')
    FROM given
    WHERE invoice.id = given.invoice_id
        AND invoice.customer_id = %(customer)s
        AND invoice.provider_id = %(provider)s
    RETURNING invoice.id AS invoice_id, invoice.state, given.amount_minor, given.position
),
allocated AS (
    INSERT INTO payment_allocation (payment_id, number, provider_id, invoice_id, journal_entry_id, amount_minor)
    SELECT %(payment)s, position, %(provider)s, invoice_id, %(journal_entry)s, -amount_minor
    FROM changed
),
entry AS (
    SELECT invoice_id, 1 AS step, amount_minor, 'unpaid' AS type
    FROM changed
    UNION ALL
    SELECT invoice_id, 2, -amount_minor, 'written_off'
    FROM changed
    WHERE state = 'uncollectible'
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
SELECT
    coalesce(sum(amount_minor), 0)::bigint AS amount_minor,
    coalesce(sum(amount_minor) FILTER (WHERE state = 'uncollectible'), 0)::bigint AS written_off_minor
FROM changed
