-- Uses the Available Funds of some customers, whose locks are held, for their invoices: oldest due first; of the credits
-- those that expire first, then given ones, then paid money, within that the oldest. Writes uses, credits, invoices, balances
-- and both sub-ledgers in one statement, so they cannot disagree.
-- Invoices with a payment in flight are left alone; those collected by hand too, unless they are named.
-- Both sides of a customer are laid along one line of money; where a credit and an invoice overlap, one pays the other.
-- Parameters: provider, customers (bigint[]), invoices (bigint[]; null for all that `day` and `late` let in), day (Open
-- ones whose day is reached; null for none), late (whether Late ones), credits (bigint[]; null for all), booked_on,
-- effective_on (null for booked_on; credits that came after that day are left out), created_at, created_by, journal_entry.
-- Index: invoice_owed (customer_id), credit (customer_id), primary keys of customer_balance, credit_entry, receivable_entry.
WITH owed AS MATERIALIZED (
    SELECT
        id,
        customer_id,
        due_minor,
        sum(due_minor) OVER (PARTITION BY customer_id ORDER BY due_on, id) AS upto_minor
    FROM invoice
    WHERE customer_id = ANY (%(customers)s::bigint[])
        AND provider_id = %(provider)s
        AND state IN ('open', 'late')
        AND in_flight_minor = 0
        AND CASE
            WHEN %(invoices)s::bigint[] IS NOT NULL THEN id = ANY (%(invoices)s::bigint[])
            WHEN by_hand THEN false
            WHEN state = 'late' THEN %(late)s
            ELSE collect_on <= %(day)s::date
        END
),
lot AS MATERIALIZED (
    SELECT
        id,
        customer_id,
        remaining_minor,
        sum(remaining_minor) OVER (
            PARTITION BY customer_id
            ORDER BY expires_on NULLS LAST, kind IN ('prepaid', 'overpayment'), issued_on, id
        ) AS upto_minor
    FROM credit
    WHERE customer_id IN (SELECT customer_id FROM owed)
        AND provider_id = %(provider)s
        AND remaining_minor > 0
        AND (%(credits)s::bigint[] IS NULL OR id = ANY (%(credits)s::bigint[]))
        AND (expires_on IS NULL OR expires_on >= coalesce(%(effective_on)s::date, %(booked_on)s))
        AND (
            %(effective_on)s::date IS NULL
            OR (
                SELECT coalesce(credit_entry.effective_on, credit_entry.booked_on)
                FROM credit_entry
                WHERE credit_entry.credit_id = credit.id AND credit_entry.number = 1
            ) <= %(effective_on)s::date
        )
),
part AS MATERIALIZED (
    -- Numbered along the line, so that uses can be unwound from the newest.
    SELECT nextval('credit_use_id_seq') AS use_id, overlap.*
    FROM (
        SELECT
            owed.customer_id,
            owed.id AS invoice_id,
            lot.id AS credit_id,
            least(owed.upto_minor, lot.upto_minor) AS upto_minor,
            least(owed.upto_minor, lot.upto_minor)
                - greatest(owed.upto_minor - owed.due_minor, lot.upto_minor - lot.remaining_minor) AS amount_minor
        FROM owed
        JOIN lot ON lot.customer_id = owed.customer_id
        WHERE least(owed.upto_minor, lot.upto_minor)
            > greatest(owed.upto_minor - owed.due_minor, lot.upto_minor - lot.remaining_minor)
        ORDER BY owed.customer_id, least(owed.upto_minor, lot.upto_minor)
    ) AS overlap
),
balance AS MATERIALIZED (
    SELECT customer_id, sum(amount_minor)::bigint AS amount_minor FROM part GROUP BY customer_id ORDER BY customer_id
),
changed_balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor - balance.amount_minor,
        receivable_minor = customer_balance.receivable_minor - balance.amount_minor
    FROM balance
    WHERE customer_balance.customer_id = balance.customer_id
    RETURNING customer_balance.customer_id, customer_balance.funds_minor + balance.amount_minor AS funds_before_minor
),
booked AS MATERIALIZED (
    SELECT
        part.use_id,
        part.customer_id,
        part.invoice_id,
        part.credit_id,
        part.amount_minor::bigint AS amount_minor,
        -- Entries of one booking are read by credit.
        (
            changed_balance.funds_before_minor
            - sum(part.amount_minor) OVER (PARTITION BY part.customer_id ORDER BY part.credit_id, part.upto_minor)
        )::bigint AS funds_after_minor,
        (SELECT max(number) FROM credit_entry WHERE credit_entry.credit_id = part.credit_id)
            + row_number() OVER (PARTITION BY part.credit_id ORDER BY part.upto_minor) AS credit_number,
        (SELECT max(number) FROM receivable_entry WHERE receivable_entry.invoice_id = part.invoice_id)
            + row_number() OVER (PARTITION BY part.invoice_id ORDER BY part.upto_minor) AS invoice_number
    FROM part
    JOIN changed_balance ON changed_balance.customer_id = part.customer_id
),
changed_credit AS (
    UPDATE credit
    SET used_minor = credit.used_minor + used.amount_minor
    FROM (SELECT credit_id, sum(amount_minor)::bigint AS amount_minor FROM booked GROUP BY credit_id) AS used
    WHERE credit.id = used.credit_id
),
changed_invoice AS (
    UPDATE invoice
    SET used_minor = invoice.used_minor + used.amount_minor,
        state = CASE WHEN invoice.due_minor = used.amount_minor THEN 'paid' ELSE invoice.state END,
        settled_on = CASE WHEN invoice.due_minor = used.amount_minor THEN %(booked_on)s::date END
    FROM (SELECT invoice_id, sum(amount_minor)::bigint AS amount_minor FROM booked GROUP BY invoice_id) AS used
    WHERE invoice.id = used.invoice_id
    RETURNING invoice.state
),
used AS (
    INSERT INTO credit_use (
        id, provider_id, customer_id, credit_id, invoice_id, journal_entry_id, created_by_id, amount_minor, returned_minor,
        created_at, used_on
    )
    SELECT
        use_id, %(provider)s, customer_id, credit_id, invoice_id, %(journal_entry)s, %(created_by)s, amount_minor, 0,
        %(created_at)s, %(booked_on)s
    FROM booked
),
entered_credit AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, use_id, amount_minor, funds_after_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        credit_id, credit_number, %(provider)s, customer_id, %(journal_entry)s, use_id, -amount_minor, funds_after_minor,
        %(created_at)s, %(booked_on)s, %(effective_on)s, 'used'
    FROM booked
),
entered_receivable AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        invoice_id, invoice_number, %(provider)s, customer_id, %(journal_entry)s, 'credit_use', use_id, -amount_minor,
        %(created_at)s, %(booked_on)s, %(effective_on)s, 'used'
    FROM booked
)
SELECT
    count(*) AS uses,
    coalesce(array_agg(DISTINCT customer_id), '{}') AS customers,
    coalesce(sum(amount_minor), 0)::bigint AS amount_minor,
    (SELECT count(*) FROM changed_invoice WHERE state = 'paid') AS invoices_paid
FROM booked
