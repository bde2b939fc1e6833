-- Ends what is left of credits whose last day has passed, for some customers whose locks are held: credit, balance, entry.
-- Returns the amount by GL code.
-- Parameters: provider, customers (bigint[]), day, booked_on, effective_on, created_at, journal_entry.
-- Index: credit (customer_id), customer_balance and credit_entry primary keys.
WITH ended AS MATERIALIZED (
    SELECT
        id AS credit_id,
        customer_id,
        gl_code_id,
        remaining_minor AS amount_minor,
        (SELECT max(number) FROM credit_entry WHERE credit_entry.credit_id = credit.id) + 1 AS number,
        sum(remaining_minor) OVER (PARTITION BY customer_id ORDER BY id) AS so_far_minor
    FROM credit
    WHERE customer_id = ANY (%(customers)s::bigint[])
        AND provider_id = %(provider)s
        AND expires_on < %(day)s
        AND remaining_minor > 0
),
balance AS (
    UPDATE customer_balance
    SET funds_minor = customer_balance.funds_minor - of_customer.amount_minor
    FROM (SELECT customer_id, max(so_far_minor)::bigint AS amount_minor FROM ended GROUP BY customer_id) AS of_customer
    WHERE customer_balance.customer_id = of_customer.customer_id
    RETURNING customer_balance.customer_id, customer_balance.funds_minor + of_customer.amount_minor AS funds_before_minor
),
changed AS (
    UPDATE credit
    SET expired_minor = credit.expired_minor + ended.amount_minor
    FROM ended
    WHERE credit.id = ended.credit_id
),
entered AS (
    INSERT INTO credit_entry (
        credit_id, number, provider_id, customer_id, journal_entry_id, amount_minor, funds_after_minor, created_at,
        booked_on, effective_on, type
    )
    SELECT
        ended.credit_id, ended.number, %(provider)s, ended.customer_id, %(journal_entry)s, -ended.amount_minor,
        balance.funds_before_minor - ended.so_far_minor, %(created_at)s, %(booked_on)s, %(effective_on)s, 'expired'
    FROM ended
    JOIN balance ON balance.customer_id = ended.customer_id
)
SELECT
    gl_code_id,
    sum(amount_minor)::bigint AS amount_minor,
    (SELECT count(*) FROM balance) AS customers
FROM ended
GROUP BY gl_code_id
