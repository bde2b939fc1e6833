-- The known customers whose orders the import has changed or ended; at most so many, and one more.
-- Parameters: limit.
-- Index: none.
SELECT DISTINCT import_customer.id
FROM import_customer
LEFT JOIN import_order ON import_order.customer_id = import_customer.id AND import_order.change <> 'unchanged'
WHERE import_customer.change <> 'added'
    AND (import_customer.closes OR import_order.id IS NOT NULL)
LIMIT %(limit)s + 1
