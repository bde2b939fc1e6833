-- Lets days of orders and periods of accounts pass without being billed: nothing of them is billed later. What was billed
-- before them is still corrected: by the prices that hold since it was billed. Runs under the customers' locks.
-- {orders}, {accounts}: passing_order.sql and passing_account.sql.
-- Parameters: provider, day, invoices_from, is_on, customers (bigint[]).
-- Index: order_billing and billing_account primary keys; order_price_by_day.
WITH passed_order AS (
    INSERT INTO order_billing (order_id, provider_id, customer_id, billed_until, price_id)
    SELECT
        order_id, %(provider)s, customer_id, until,
        (SELECT max(id) FROM order_price WHERE order_price.order_id = passing.order_id)
    FROM ({orders}) AS passing
    WHERE customer_id = ANY (%(customers)s)
    ORDER BY order_id
    ON CONFLICT (order_id) DO UPDATE SET billed_until = greatest(order_billing.billed_until, excluded.billed_until)
    RETURNING customer_id
),
passed_account AS (
    UPDATE billing_account
    SET next_period_on = NULL
    WHERE customer_id = ANY (%(customers)s) AND customer_id IN (SELECT customer_id FROM ({accounts}) AS passing)
    RETURNING customer_id
)
SELECT count(*) AS customers
FROM (SELECT customer_id FROM passed_order UNION SELECT customer_id FROM passed_account) AS passed
