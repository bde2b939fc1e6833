-- What the import does, in records.
-- Parameters: none.
-- Index: none.
SELECT 'customers' AS records, change, count(*) AS number FROM import_customer GROUP BY change
UNION ALL
SELECT 'orders', change, count(*) FROM import_order GROUP BY change
