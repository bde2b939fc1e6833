-- What remains of credits, by the month in which they were issued; those from before a day as one (month is null).
-- Parameters: provider, first.
-- Index: none; the credits are read once.
SELECT
    CASE WHEN issued_on >= %(first)s THEN date_trunc('month', issued_on)::date END AS month,
    count(*) AS credits,
    sum(remaining_minor)::bigint AS amount_minor
FROM credit
WHERE provider_id = %(provider)s AND remaining_minor > 0
GROUP BY 1
