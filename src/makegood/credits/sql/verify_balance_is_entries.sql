-- Customers whose Available Funds are not the sum of their entries.
-- Parameters: none.
-- Index: none; reads both once.
SELECT customer_balance.customer_id AS customer, customer_balance.funds_minor, entries.amount_minor AS entries_minor
FROM customer_balance
FULL JOIN (
    SELECT customer_id, sum(amount_minor) AS amount_minor FROM credit_entry GROUP BY customer_id
) AS entries ON entries.customer_id = customer_balance.customer_id
WHERE coalesce(customer_balance.funds_minor, 0) <> coalesce(entries.amount_minor, 0)
