-- The next customers with something left of a credit whose last day has passed.
-- Parameters: provider, day, since (the earliest last day that is looked at; null for all), after (customer id, exclusive),
-- limit.
-- Index: credit_by_last_day (provider_id, expires_on) of credits that expire.
SELECT DISTINCT customer_id
FROM credit
WHERE provider_id = %(provider)s
    AND expires_on < %(day)s
    AND (%(since)s::date IS NULL OR expires_on >= %(since)s::date)
    AND remaining_minor > 0
    AND customer_id > %(after)s
ORDER BY customer_id
LIMIT %(limit)s
