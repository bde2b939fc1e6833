-- Takes back what is left of the credits of a chunk, never more than was shown: credit, balance, entry; one statement.
-- A customer's rows travel as arrays through the update of the balance, so nothing is joined but tables by their keys.
-- Returns rows and amount by GL code, and with each the number of customers over all.
-- Parameters: run, provider, after, upto, claim, journal_entry, created_at, booked_on.
-- Index: run_row_once (run_id, customer_id, order_id); credit (run_row_id); customer_balance and credit_entry primary keys.
WITH row_of_chunk AS (
    SELECT
        run_row.id,
        run_row.customer_id,
        credit.id AS credit_id,
        credit.gl_code_id,
        least(run_row.amount_minor, credit.remaining_minor) AS amount_minor,
        (SELECT max(number) FROM credit_entry WHERE credit_entry.credit_id = credit.id) + 1 AS number
    FROM run_row
    JOIN credit ON credit.run_row_id = run_row.reverses_row_id
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
),
chunk AS MATERIALIZED (
    SELECT
        customer_id,
        array_agg(id ORDER BY credit_id) AS ids,
        array_agg(credit_id ORDER BY credit_id) AS credit_ids,
        array_agg(gl_code_id ORDER BY credit_id) AS gl_code_ids,
        array_agg(amount_minor ORDER BY credit_id) AS amounts,
        array_agg(number ORDER BY credit_id) AS numbers,
        sum(amount_minor)::bigint AS amount_minor
    FROM row_of_chunk
    GROUP BY customer_id
    ORDER BY customer_id
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor - chunk.amount_minor
    FROM chunk
    WHERE customer_balance.customer_id = chunk.customer_id
    RETURNING
        chunk.ids, chunk.credit_ids, chunk.gl_code_ids, chunk.amounts, chunk.numbers, customer_balance.customer_id,
        customer_balance.funds_minor + chunk.amount_minor AS funds_before_minor
),
booked AS MATERIALIZED (
    SELECT
        balance.customer_id,
        part.*,
        balance.funds_before_minor
            - sum(part.amount_minor) OVER (PARTITION BY balance.customer_id ORDER BY part.credit_id) AS funds_minor
    FROM balance
    CROSS JOIN LATERAL unnest(
        balance.ids, balance.credit_ids, balance.gl_code_ids, balance.amounts, balance.numbers
    ) AS part (id, credit_id, gl_code_id, amount_minor, number)
),
taken AS (
    UPDATE credit
    SET taken_back_minor = credit.taken_back_minor + booked.amount_minor
    FROM booked
    WHERE credit.id = booked.credit_id
),
entered AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, run_row_id, amount_minor, funds_after_minor,
        created_at, booked_on, type
    )
    SELECT
        credit_id, number, %(provider)s, customer_id, %(journal_entry)s, id, -amount_minor, funds_minor,
        %(created_at)s, %(booked_on)s, 'taken_back'
    FROM booked
)
SELECT
    gl_code_id,
    count(*) AS rows,
    sum(amount_minor) AS amount_minor,
    (SELECT count(*) FROM balance) AS customers
FROM booked
GROUP BY gl_code_id
