-- Makes one payment for each of some customers, whose locks are held, of what autopay takes on a day: the payments, what they
-- claim of which invoice, what is in flight of each invoice, and how each collection stands, in one statement.
-- Each customer is looked at alone and carries its invoices along: nothing just made is joined with anything, as the planner
-- would take it for a few rows.
-- {to_charge}: to_charge.sql, of which provider and day are parameters.
-- Parameters: provider, day, customers (bigint[]), gl_code (of type clearing), at (the present moment).
-- Index: those of the part; primary keys of invoice and collection.
WITH taken AS MATERIALIZED (
    SELECT
        nextval(pg_get_serial_sequence('payment', 'id')) AS payment_id,
        asked.customer_id,
        owed.*
    FROM unnest(%(customers)s::bigint[]) AS asked (customer_id)
    CROSS JOIN LATERAL (
        SELECT
            kind,
            payment_method_id,
            gateway_id,
            sum(due_minor)::bigint AS amount_minor,
            array_agg(invoice_id ORDER BY invoice_id) AS invoices,
            array_agg(due_minor ORDER BY invoice_id) AS dues
        FROM ({to_charge}) AS to_charge
        WHERE to_charge.customer_id = asked.customer_id
        GROUP BY kind, payment_method_id, gateway_id
    ) AS owed
),
part AS MATERIALIZED (
    SELECT taken.payment_id, taken.customer_id, claimed.invoice_id, claimed.due_minor
    FROM taken
    CROSS JOIN LATERAL unnest(taken.invoices, taken.dues) AS claimed (invoice_id, due_minor)
),
made AS (
    INSERT INTO payment (
        id, provider_id, customer_id, method, purpose, state, amount_minor, allocated_minor, over_minor, refunded_minor,
        refunding_minor, paid_out_minor, returned_minor, reference, note, gl_code_id, payment_method_id, gateway_id,
        gateway_reference, attempt_key, collect_day, failure_code, failure, next_check_at, checks, key, request_hash,
        created_at, reversal_reason, reversal_hash
    )
    SELECT
        payment_id, %(provider)s, customer_id, kind, 'autopay', 'created', amount_minor, 0, 0, 0,
        0, 0, 0, '', '', %(gl_code)s, payment_method_id, gateway_id,
        '', gen_random_uuid(), %(day)s, '', '', %(at)s, 0, 'autopay ' || customer_id || ' ' || %(day)s::date, '',
        %(at)s, '', ''
    FROM taken
),
claimed AS (
    INSERT INTO payment_claim (payment_id, invoice_id, provider_id, amount_minor, open)
    SELECT payment_id, invoice_id, %(provider)s, due_minor, true
    FROM part
),
in_flight AS (
    UPDATE invoice
    SET in_flight_minor = invoice.in_flight_minor + part.due_minor
    FROM part
    WHERE invoice.id = part.invoice_id
),
tried AS (
    INSERT INTO collection (invoice_id, provider_id, customer_id, last_payment_id, tries)
    SELECT invoice_id, %(provider)s, customer_id, payment_id, 0
    FROM part
    ON CONFLICT (invoice_id) DO UPDATE
    SET last_payment_id = excluded.last_payment_id, next_try_on = NULL
)
SELECT count(*) AS customers, coalesce(sum(amount_minor), 0)::bigint AS amount_minor
FROM taken
