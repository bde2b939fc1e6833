-- Turns what negative invoices have given into credits, for the invoices of a run that were just issued and whose customers
-- are locked: credit, balance and both sub-ledgers in one statement.
-- Parameters: provider, run, after, upto, issued_at, booked_on, created_by, gl_code, journal_entry.
-- Index: run_row_once (run_id, customer_id, order_id), invoice (run_row_id), customer_balance primary key.
WITH given AS MATERIALIZED (
    SELECT
        nextval('credit_id_seq') AS credit_id,
        invoice.id AS invoice_id,
        invoice.customer_id,
        invoice.number,
        invoice.to_funds_minor AS amount_minor
    FROM run_row
    JOIN invoice ON invoice.run_row_id = run_row.id
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND invoice.issued_at = %(issued_at)s
        AND invoice.to_funds_minor > 0
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor + given.amount_minor,
        receivable_minor = customer_balance.receivable_minor + given.amount_minor
    FROM given
    WHERE customer_balance.customer_id = given.customer_id
    RETURNING given.*, customer_balance.funds_minor
),
issued AS (
    INSERT INTO credit (
        id, provider_id, customer_id, from_invoice_id, gl_code_id, created_by_id, created_at, issued_on, kind, description,
        issued_minor, adjusted_minor, used_minor, refunded_minor, expired_minor, taken_back_minor
    )
    SELECT
        credit_id, %(provider)s, customer_id, invoice_id, %(gl_code)s, %(created_by)s, %(issued_at)s, %(booked_on)s,
        'overpayment', 'Given back by invoice ' || number, amount_minor, 0, 0, 0, 0, 0
    FROM balance
),
entered_credit AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
        booked_on, type
    )
    SELECT
        credit_id, 1, %(provider)s, customer_id, %(journal_entry)s, amount_minor, funds_minor, %(issued_at)s, %(booked_on)s,
        'issued'
    FROM balance
),
entered_receivable AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, type
    )
    SELECT
        invoice_id, 2, %(provider)s, customer_id, %(journal_entry)s, 'credit', credit_id, amount_minor, %(issued_at)s,
        %(booked_on)s, 'to_funds'
    FROM balance
)
SELECT
    coalesce(sum(amount_minor), 0)::bigint AS amount_minor,
    coalesce(array_agg(customer_id ORDER BY customer_id), '{}') AS customers
FROM balance
