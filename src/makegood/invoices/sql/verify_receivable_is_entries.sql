-- Customers whose receivable differs between the balance, the entries and what is due of their invoices.
-- Parameters: none.
-- Index: none; reads each table once.
SELECT
    customer_balance.customer_id AS customer,
    customer_balance.receivable_minor AS balance_minor,
    coalesce(entries.amount_minor, 0) AS entries_minor,
    coalesce(invoices.amount_minor, 0) AS due_minor
FROM customer_balance
FULL JOIN (
    SELECT customer_id, sum(amount_minor) AS amount_minor FROM receivable_entry GROUP BY customer_id
) AS entries
    ON entries.customer_id = customer_balance.customer_id
FULL JOIN (
    SELECT customer_id, sum(due_minor) AS amount_minor FROM invoice WHERE number IS NOT NULL GROUP BY customer_id
) AS invoices
    ON invoices.customer_id = coalesce(customer_balance.customer_id, entries.customer_id)
WHERE customer_balance.receivable_minor IS DISTINCT FROM coalesce(entries.amount_minor, 0)
    OR customer_balance.receivable_minor IS DISTINCT FROM coalesce(invoices.amount_minor, 0)
