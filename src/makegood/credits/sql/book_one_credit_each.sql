-- Books the credits of a chunk, one row per customer: locks, checks, and writes balance, credit, and entry with the balance
-- after it, in one statement, so they cannot disagree. Who is locked elsewhere or does not qualify is left as it is.
-- The balance row is the lock and holds what is checked: a locked row is read as it is now, not as the statement began.
-- Nothing is joined but the balance, by its key and within the chunk's range: no estimate can make it slow.
-- Parameters: run, provider, after, upto, claim, largest_funds, gl_code, created_by, created_at, booked_on,
-- kind, description.
-- Index: run_row_once (run_id, customer_id, order_id); customer_balance primary key.
WITH locked AS MATERIALIZED (
    SELECT run_row.id, run_row.customer_id, run_row.amount_minor
    FROM run_row
    JOIN customer_balance
        ON customer_balance.customer_id = run_row.customer_id
        AND customer_balance.customer_id > %(after)s
        AND customer_balance.customer_id <= %(upto)s
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
    ORDER BY run_row.customer_id
    FOR NO KEY UPDATE OF customer_balance SKIP LOCKED
),
journal AS MATERIALIZED (
    -- Drawn when all locks are held: of two bookings of one customer the later has the larger number.
    SELECT nextval('journal_entry_id_seq') AS entry_id
    FROM (SELECT count(*) AS customers FROM locked) AS all_locked
    WHERE all_locked.customers >= 0
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor + locked.amount_minor
    FROM locked
    WHERE customer_balance.customer_id = locked.customer_id
        AND customer_balance.customer_id > %(after)s
        AND customer_balance.customer_id <= %(upto)s
        AND NOT (customer_balance.closed AND customer_balance.receivable_minor <= 0)
        AND customer_balance.funds_minor + locked.amount_minor <= %(largest_funds)s
    RETURNING
        nextval('credit_id_seq') AS credit_id, locked.id, locked.amount_minor, customer_balance.customer_id,
        customer_balance.funds_minor
),
issued AS (
    INSERT INTO credit (
        id, provider_id, customer_id, run_row_id, gl_code_id, created_by_id, created_at, issued_on, kind, description,
        issued_minor, adjusted_minor, used_minor, refunded_minor, expired_minor, taken_back_minor
    )
    SELECT
        credit_id, %(provider)s, customer_id, id, %(gl_code)s, %(created_by)s, %(created_at)s, %(booked_on)s, %(kind)s,
        %(description)s, amount_minor, 0, 0, 0, 0, 0
    FROM balance
),
entered AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
        booked_on, type
    )
    SELECT
        credit_id, 1, %(provider)s, customer_id, (SELECT entry_id FROM journal), amount_minor, funds_minor, %(created_at)s,
        %(booked_on)s, 'issued'
    FROM balance
)
SELECT
    (SELECT entry_id FROM journal) AS journal_entry,
    count(*) AS rows,
    count(*) AS customers,
    coalesce(sum(amount_minor), 0) AS amount_minor
FROM balance
