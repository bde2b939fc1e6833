-- Cuts the orders that today brings a change to into batches between customers: the last customer of each batch, ascending.
-- {due}: find_due_orders.sql, of all customers.
-- Parameters: at_once (orders in a batch); those of its part.
-- Index: that of its part.
SELECT max(customer_id) AS upto
FROM (
    SELECT customer_id, (row_number() OVER (ORDER BY customer_id, id) - 1) / %(at_once)s AS batch
    FROM ({due}) AS due
) AS placed
GROUP BY batch
ORDER BY batch
