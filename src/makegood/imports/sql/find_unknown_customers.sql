-- Rows of customers who are new and of whom the file says no name, as files of orders alone do.
-- Parameters: none.
-- Index: none.
INSERT INTO import_bad (line, section, why, value, other)
SELECT import_row.line, 0, 'customer_unknown', import_row.number, ''
FROM import_row
JOIN import_customer ON import_customer.number = import_row.number
WHERE import_row.leads AND import_customer.change = 'added' AND import_customer.name IS NULL
