-- Takes back at once what has come back to credits that were taken back before, and the customers' funds with it. Returns the
-- amount by GL code.
-- Parameters: provider, uses (bigint[]), amounts (bigint[], one for each use), booked_on, created_at, journal_entry.
-- Index: credit_use, credit, customer_balance, credit_entry primary keys.
WITH taken AS MATERIALIZED (
    SELECT
        credit_use.id AS use_id,
        credit_use.customer_id,
        credit_use.credit_id,
        credit.gl_code_id,
        asked.amount_minor,
        (SELECT max(number) FROM credit_entry WHERE credit_entry.credit_id = credit.id)
            + row_number() OVER (PARTITION BY credit.id ORDER BY credit_use.id) AS number,
        sum(asked.amount_minor) OVER (
            PARTITION BY credit_use.customer_id ORDER BY credit_use.credit_id, credit_use.id
        ) AS so_far_minor
    FROM unnest(%(uses)s::bigint[], %(amounts)s::bigint[]) AS asked (use_id, amount_minor)
    JOIN credit_use ON credit_use.id = asked.use_id AND credit_use.provider_id = %(provider)s
    JOIN credit ON credit.id = credit_use.credit_id
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor - of_customer.amount_minor
    FROM (SELECT customer_id, sum(amount_minor)::bigint AS amount_minor FROM taken GROUP BY customer_id) AS of_customer
    WHERE customer_balance.customer_id = of_customer.customer_id
    RETURNING customer_balance.customer_id, customer_balance.funds_minor + of_customer.amount_minor AS funds_before_minor
),
changed AS (
    UPDATE credit
    SET taken_back_minor = credit.taken_back_minor + of_credit.amount_minor
    FROM (SELECT credit_id, sum(amount_minor)::bigint AS amount_minor FROM taken GROUP BY credit_id) AS of_credit
    WHERE credit.id = of_credit.credit_id
),
entered AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, use_id, amount_minor, funds_after_minor, created_at,
        booked_on, type
    )
    SELECT
        taken.credit_id, taken.number, %(provider)s, taken.customer_id, %(journal_entry)s, taken.use_id,
        -taken.amount_minor, balance.funds_before_minor - taken.so_far_minor, %(created_at)s, %(booked_on)s, 'taken_back'
    FROM taken
    JOIN balance ON balance.customer_id = taken.customer_id
)
SELECT gl_code_id, sum(amount_minor)::bigint AS amount_minor FROM taken GROUP BY gl_code_id
