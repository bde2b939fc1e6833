-- Returns parts of uses to the credits they came from: use, credit, invoice, balance and both sub-ledgers in one statement.
-- An invoice that was paid by them is Open again, or Late where its due date has passed.
-- Parameters: provider, uses (bigint[]), amounts (bigint[], one for each use), booked_on, created_at, journal_entry.
-- Index: credit_use, credit, invoice, customer_balance, credit_entry, receivable_entry primary keys.
WITH returned AS MATERIALIZED (
    SELECT
        credit_use.id AS use_id,
        credit_use.customer_id,
        credit_use.credit_id,
        credit_use.invoice_id,
        asked.amount_minor,
        (SELECT max(number) FROM credit_entry WHERE credit_entry.credit_id = credit_use.credit_id)
            + row_number() OVER (PARTITION BY credit_use.credit_id ORDER BY credit_use.id) AS credit_number,
        (SELECT max(number) FROM receivable_entry WHERE receivable_entry.invoice_id = credit_use.invoice_id)
            + row_number() OVER (PARTITION BY credit_use.invoice_id ORDER BY credit_use.id) AS invoice_number,
        sum(asked.amount_minor) OVER (
            PARTITION BY credit_use.customer_id ORDER BY credit_use.credit_id, credit_use.id
        ) AS so_far_minor
    FROM unnest(%(uses)s::bigint[], %(amounts)s::bigint[]) AS asked (use_id, amount_minor)
    JOIN credit_use ON credit_use.id = asked.use_id AND credit_use.provider_id = %(provider)s
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor + of_customer.amount_minor,
        receivable_minor = customer_balance.receivable_minor + of_customer.amount_minor
    FROM (SELECT customer_id, sum(amount_minor)::bigint AS amount_minor FROM returned GROUP BY customer_id) AS of_customer
    WHERE customer_balance.customer_id = of_customer.customer_id
    RETURNING customer_balance.customer_id, customer_balance.funds_minor - of_customer.amount_minor AS funds_before_minor
),
changed_use AS (
    UPDATE credit_use
    SET returned_minor = credit_use.returned_minor + returned.amount_minor
    FROM returned
    WHERE credit_use.id = returned.use_id
),
changed_credit AS (
    UPDATE credit
    SET used_minor = credit.used_minor - of_credit.amount_minor
    FROM (SELECT credit_id, sum(amount_minor)::bigint AS amount_minor FROM returned GROUP BY credit_id) AS of_credit
    WHERE credit.id = of_credit.credit_id
),
changed_invoice AS (
    UPDATE invoice
    SET used_minor = invoice.used_minor - of_invoice.amount_minor,
        settled_on = NULL,
        late_on = CASE
            WHEN invoice.state = 'paid' AND invoice.due_on < %(booked_on)s::date THEN coalesce(invoice.late_on, %(booked_on)s::date)
            ELSE invoice.late_on
        END,
        state = CASE
            WHEN invoice.state <> 'paid' THEN invoice.state
            WHEN invoice.due_on < %(booked_on)s::date THEN 'late'
            ELSE 'open'
        END
    FROM (SELECT invoice_id, sum(amount_minor)::bigint AS amount_minor FROM returned GROUP BY invoice_id) AS of_invoice
    WHERE invoice.id = of_invoice.invoice_id
),
entered_credit AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, use_id, amount_minor, funds_after_minor, created_at,
        booked_on, type
    )
    SELECT
        returned.credit_id, returned.credit_number, %(provider)s, returned.customer_id, %(journal_entry)s, returned.use_id,
        returned.amount_minor, balance.funds_before_minor + returned.so_far_minor, %(created_at)s, %(booked_on)s, 'returned'
    FROM returned
    JOIN balance ON balance.customer_id = returned.customer_id
),
entered_receivable AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, type
    )
    SELECT
        invoice_id, invoice_number, %(provider)s, customer_id, %(journal_entry)s, 'credit_use', use_id, amount_minor,
        %(created_at)s, %(booked_on)s, 'returned'
    FROM returned
)
SELECT coalesce(sum(amount_minor), 0)::bigint AS amount_minor FROM returned
