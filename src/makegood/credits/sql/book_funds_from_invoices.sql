-- Turns what negative invoices have given into credits, for the invoices of a run that were just issued and whose customers
-- are locked: credits, balance and both sub-ledgers in one statement.
-- What comes back is an overpayment up to what payments and paid funds have paid of the invoices that billed the days in
-- question, each for what comes back of it, and has not come back so before. The rest is a correction, made first so that it
-- is used first: nobody has ever paid it.
-- Parameters: provider, run, after, upto, issued_at, booked_on, effective_on (null for booked_on), created_by, gl_code,
-- journal_entry.
-- Index: run_row_once (run_id, customer_id, order_id), invoice (run_row_id), invoice_of_customer (customer_id), primary keys of
-- invoice_line, invoice_tax and customer_balance, credit_use (invoice_id), given_back (invoice_id).
WITH given AS MATERIALIZED (
    SELECT invoice.id AS invoice_id, invoice.customer_id, invoice.number, invoice.to_funds_minor AS amount_minor
    FROM run_row
    JOIN invoice ON invoice.run_row_id = run_row.id
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND invoice.issued_at = %(issued_at)s
        AND invoice.to_funds_minor > 0
),
-- What each line gives back for one of its days, with its share of the tax that its rate comes to.
back AS (
    SELECT
        line.invoice_id,
        line.customer_id,
        line.order_id,
        line.position,
        line.from_on,
        line.to_on,
        -line.amount_minor
            * coalesce((invoice_tax.net_minor + invoice_tax.tax_minor) / nullif(line.of_rate_minor, 0), 1)
            / (line.to_on - line.from_on + 1) AS for_a_day
    FROM (
        SELECT
            invoice_line.*,
            sum(invoice_line.amount_minor) OVER (
                PARTITION BY invoice_line.invoice_id, invoice_line.tax_rate
            ) AS of_rate_minor
        FROM given
        JOIN invoice_line ON invoice_line.invoice_id = given.invoice_id
    ) AS line
    LEFT JOIN invoice_tax ON invoice_tax.invoice_id = line.invoice_id AND invoice_tax.tax_rate = line.tax_rate
    WHERE line.kind IN ('price_change', 'unused_time', 'adjustment')
),
-- Of a day that was billed, given back and billed again, the last time counts.
back_of_day AS (
    SELECT DISTINCT ON (back.invoice_id, back.position, days.day)
        back.invoice_id AS by_invoice_id, billed.invoice_id, back.for_a_day
    FROM back
    JOIN invoice
        ON invoice.customer_id = back.customer_id
        AND invoice.id < back.invoice_id
        AND invoice.number IS NOT NULL
        AND invoice.state <> 'void'
    JOIN invoice_line AS billed
        ON billed.invoice_id = invoice.id
        AND billed.order_id = back.order_id
        AND billed.kind = 'service'
        AND billed.from_on <= back.to_on
        AND billed.to_on >= back.from_on
    CROSS JOIN LATERAL generate_series(
        greatest(back.from_on, billed.from_on), least(back.to_on, billed.to_on), interval '1 day'
    ) AS days (day)
    ORDER BY back.invoice_id, back.position, days.day, billed.invoice_id DESC
),
paid AS (
    SELECT
        back_of_invoice.by_invoice_id,
        back_of_invoice.invoice_id,
        least(
            back_of_invoice.amount_minor,
            invoice.paid_minor
            + (
                SELECT coalesce(sum(credit_use.amount_minor - credit_use.returned_minor), 0)
                FROM credit_use
                JOIN credit ON credit.id = credit_use.credit_id AND credit.kind IN ('prepaid', 'overpayment')
                WHERE credit_use.invoice_id = back_of_invoice.invoice_id
            )
            - (
                SELECT coalesce(sum(amount_minor), 0)
                FROM given_back
                WHERE given_back.invoice_id = back_of_invoice.invoice_id
            )
        ) AS amount_minor
    FROM (
        SELECT by_invoice_id, invoice_id, ceil(round(sum(for_a_day), 6)) AS amount_minor
        FROM back_of_day
        GROUP BY by_invoice_id, invoice_id
    ) AS back_of_invoice
    JOIN invoice ON invoice.id = back_of_invoice.invoice_id
),
part AS MATERIALIZED (
    SELECT
        given.invoice_id AS by_invoice_id,
        placed.invoice_id,
        (least(placed.upto_minor, given.amount_minor) - (placed.upto_minor - placed.amount_minor))::bigint AS amount_minor
    FROM given
    JOIN (
        SELECT paid.*, sum(amount_minor) OVER (PARTITION BY by_invoice_id ORDER BY invoice_id) AS upto_minor
        FROM paid
        WHERE amount_minor > 0
    ) AS placed
        ON placed.by_invoice_id = given.invoice_id
    WHERE placed.upto_minor - placed.amount_minor < given.amount_minor
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor + given.amount_minor,
        receivable_minor = customer_balance.receivable_minor + given.amount_minor
    FROM given
    WHERE customer_balance.customer_id = given.customer_id
    RETURNING given.*, customer_balance.funds_minor - given.amount_minor AS funds_before_minor
),
lot AS MATERIALIZED (
    SELECT nextval('credit_id_seq') AS credit_id, ordered.*
    FROM (
        SELECT
            balance.invoice_id,
            balance.customer_id,
            balance.number,
            split.kind,
            split.amount_minor,
            row_number() OVER (PARTITION BY balance.invoice_id ORDER BY split.kind) AS place,
            (
                balance.funds_before_minor
                + sum(split.amount_minor) OVER (PARTITION BY balance.invoice_id ORDER BY split.kind)
            )::bigint AS funds_after_minor
        FROM balance
        LEFT JOIN (
            SELECT by_invoice_id, sum(amount_minor)::bigint AS amount_minor FROM part GROUP BY by_invoice_id
        ) AS of_money
            ON of_money.by_invoice_id = balance.invoice_id
        CROSS JOIN LATERAL (
            VALUES
                ('correction', balance.amount_minor - coalesce(of_money.amount_minor, 0)),
                ('overpayment', coalesce(of_money.amount_minor, 0))
        ) AS split (kind, amount_minor)
        WHERE split.amount_minor > 0
        ORDER BY balance.invoice_id, split.kind
    ) AS ordered
),
issued AS (
    INSERT INTO credit (
        id, provider_id, customer_id, from_invoice_id, gl_code_id, created_by_id, created_at, issued_on, kind, description,
        issued_minor, adjusted_minor, used_minor, refunded_minor, expired_minor, taken_back_minor
    )
    SELECT
        credit_id, %(provider)s, customer_id, invoice_id, %(gl_code)s, %(created_by)s, %(issued_at)s, %(booked_on)s, kind,
        'Given back by invoice ' || number, amount_minor, 0, 0, 0, 0, 0
    FROM lot
),
entered_given_back AS (
    INSERT INTO given_back (credit_id, invoice_id, provider_id, amount_minor)
    SELECT lot.credit_id, part.invoice_id, %(provider)s, part.amount_minor
    FROM part
    JOIN lot ON lot.invoice_id = part.by_invoice_id AND lot.kind = 'overpayment'
),
entered_credit AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        credit_id, 1, %(provider)s, customer_id, %(journal_entry)s, amount_minor, funds_after_minor, %(issued_at)s,
        %(booked_on)s, %(effective_on)s::date, 'issued'
    FROM lot
),
entered_receivable AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_type, cause_id, amount_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        invoice_id, 1 + place, %(provider)s, customer_id, %(journal_entry)s, 'credit', credit_id, amount_minor,
        %(issued_at)s, %(booked_on)s, %(effective_on)s::date, 'to_funds'
    FROM lot
)
SELECT
    coalesce(sum(amount_minor), 0)::bigint AS amount_minor,
    coalesce(array_agg(DISTINCT customer_id), '{}') AS customers,
    coalesce(array_agg(credit_id), '{}') AS credits
FROM lot
