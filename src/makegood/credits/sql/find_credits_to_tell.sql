-- What is left to say of the credits that runs gave to customers: a row for each credit, in the order in which they were given.
-- What was taken back or changed since counts; a credit of which nothing is left to say is left out, a used one is not.
-- Parameters: messages, runs, customers (arrays of the same length).
-- Index: run_row_once (run_id, customer_id, order_id); credit (run_row_id); customer_balance primary key.
SELECT
    told.message_id,
    credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor AS amount_minor,
    credit.description,
    credit.issued_on,
    credit.expires_on,
    credit.used_minor,
    customer_balance.funds_minor
FROM unnest(%(messages)s::bigint[], %(runs)s::bigint[], %(customers)s::bigint[]) AS told (message_id, run_id, customer_id)
JOIN run_row ON run_row.run_id = told.run_id AND run_row.customer_id = told.customer_id
JOIN credit ON credit.run_row_id = run_row.id
JOIN customer_balance ON customer_balance.customer_id = told.customer_id
WHERE credit.issued_minor + credit.adjusted_minor - credit.taken_back_minor > 0
ORDER BY told.message_id, credit.id
