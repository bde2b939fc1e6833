-- Counts whom drafts would be written for, instead of writing them, and whose next period has begun although there is nothing
-- to be written. Part of the freeze, whose candidate and made it reads.
-- Parameters: day.
-- Index: none; reads what the freeze has made up.
still_due AS (
    SELECT candidate.customer_id, made.customer_id IS NOT NULL AS has_lines
    FROM candidate
    LEFT JOIN made ON made.customer_id = candidate.customer_id
    WHERE made.customer_id IS NOT NULL OR candidate.next_period_on <= %(day)s
)
SELECT count(*) FILTER (WHERE has_lines) AS with_lines, count(*) AS customers
FROM still_due
