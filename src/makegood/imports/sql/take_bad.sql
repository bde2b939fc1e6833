-- Removes the rows that are wrong from what is imported; returns what is wrong, as far as it is reported, and how
-- many rows it is about.
-- Parameters: limit.
-- Index: none.
WITH removed AS (
    DELETE FROM import_row WHERE import_row.line IN (SELECT import_bad.line FROM import_bad)
), told AS (
    DELETE FROM import_bad RETURNING *
)
SELECT told.*, (SELECT count(DISTINCT counted.line) FROM told AS counted) AS bad_rows
FROM told
ORDER BY told.line, told.section, told.why
LIMIT %(limit)s
