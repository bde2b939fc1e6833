-- An order number stands once in a file.
-- Parameters: none.
-- Index: none; the staged rows are read whole, twice.
INSERT INTO import_bad (line, section, why, value, other)
SELECT repeated.line, repeated.section, 'order_repeated', repeated.order_number, repeated.first_line::text
FROM (
    SELECT
        import_row.line,
        import_row.section,
        import_row.order_number,
        first_value(import_row.line) OVER one_number AS first_line,
        row_number() OVER one_number AS nth
    FROM import_row
    WHERE import_row.order_number IN (
        SELECT candidate.order_number FROM import_row AS candidate
        WHERE candidate.order_number IS NOT NULL
        GROUP BY candidate.order_number HAVING count(*) > 1
    )
    WINDOW one_number AS (PARTITION BY import_row.order_number ORDER BY import_row.line, import_row.section)
) AS repeated
WHERE repeated.nth > 1
