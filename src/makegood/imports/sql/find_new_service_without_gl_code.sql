-- Whether a service is to be added for which the map names no GL code: one row if so, else none.
-- Parameters: none.
-- Index: none.
SELECT import_order.service FROM import_order
WHERE import_order.is_new_service AND import_order.gl_code_id IS NULL
LIMIT 1
