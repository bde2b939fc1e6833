-- As book_one_credit_each, for runs with several rows per customer: a customer's rows travel as one array through the lock
-- and the update of the balance, so that they stand or fall together.
-- Parameters: run, provider, after, upto, claim, largest_funds, gl_code, created_by, created_at, booked_on,
-- kind, description.
-- Index: run_row_once (run_id, customer_id, order_id); customer_balance primary key.
WITH chunk AS MATERIALIZED (
    SELECT
        customer_id,
        array_agg(id ORDER BY order_id) AS ids,
        array_agg(amount_minor ORDER BY order_id) AS amounts,
        sum(amount_minor)::bigint AS amount_minor
    FROM run_row
    WHERE run_id = %(run)s
        AND customer_id > %(after)s
        AND customer_id <= %(upto)s
        AND outcome IS NOT DISTINCT FROM %(claim)s
    GROUP BY customer_id
),
locked AS MATERIALIZED (
    SELECT chunk.*
    FROM chunk
    JOIN customer_balance
        ON customer_balance.customer_id = chunk.customer_id
        AND customer_balance.customer_id > %(after)s
        AND customer_balance.customer_id <= %(upto)s
    ORDER BY chunk.customer_id
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
        locked.ids, locked.amounts, customer_balance.customer_id,
        customer_balance.funds_minor - locked.amount_minor AS funds_before_minor
),
booked AS MATERIALIZED (
    SELECT
        balance.customer_id,
        part.id,
        part.amount_minor,
        nextval('credit_id_seq') AS credit_id,
        balance.funds_before_minor
            + sum(part.amount_minor) OVER (PARTITION BY balance.customer_id ORDER BY part.position) AS funds_minor
    FROM balance
    CROSS JOIN LATERAL unnest(balance.ids, balance.amounts) WITH ORDINALITY AS part (id, amount_minor, position)
),
issued AS (
    INSERT INTO credit (
        id, provider_id, customer_id, run_row_id, gl_code_id, created_by_id, created_at, issued_on, kind, description,
        issued_minor, adjusted_minor, used_minor, refunded_minor, expired_minor, taken_back_minor
    )
    SELECT
        credit_id, %(provider)s, customer_id, id, %(gl_code)s, %(created_by)s, %(created_at)s, %(booked_on)s, %(kind)s,
        %(description)s, amount_minor, 0, 0, 0, 0, 0
    FROM booked
),
entered AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
        booked_on, type
    )
    SELECT
        credit_id, 1, %(provider)s, customer_id, (SELECT entry_id FROM journal), amount_minor, funds_minor, %(created_at)s,
        %(booked_on)s, 'issued'
    FROM booked
)
SELECT
    (SELECT entry_id FROM journal) AS journal_entry,
    count(*) AS rows,
    count(DISTINCT customer_id) AS customers,
    coalesce(sum(amount_minor), 0) AS amount_minor
FROM booked
