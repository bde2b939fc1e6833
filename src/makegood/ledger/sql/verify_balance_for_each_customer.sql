-- Customers without a balance row, balance rows without their customer, and those that disagree on being closed.
-- Parameters: none.
-- Index: none; one full join.
SELECT customer.id AS customer, customer_balance.customer_id AS balance
FROM customer
FULL JOIN customer_balance
    ON customer_balance.customer_id = customer.id AND customer_balance.provider_id = customer.provider_id
WHERE customer.id IS NULL
    OR customer_balance.customer_id IS NULL
    OR customer_balance.closed <> (customer.status = 'closed')
