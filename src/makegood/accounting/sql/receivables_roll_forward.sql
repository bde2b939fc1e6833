-- The movements of receivables: all that came before a day as one (month is null), and those since, up to another day, by month
-- and type of movement.
-- Parameters: provider, first, last (both days are included).
-- Index: receivable_entry_by_day (provider_id, booked_on); all entries up to the last day are read.
SELECT
    CASE WHEN booked_on >= %(first)s THEN date_trunc('month', booked_on)::date END AS month,
    CASE WHEN booked_on >= %(first)s THEN type END AS type,
    sum(amount_minor)::bigint AS amount_minor
FROM receivable_entry
WHERE provider_id = %(provider)s AND booked_on <= %(last)s
GROUP BY 1, 2
