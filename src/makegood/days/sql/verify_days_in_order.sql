-- Days of providers that do not follow the day before, were begun before that was finished, or lie beyond the provider's
-- calendar.
-- Parameters: none.
-- Index: provider_day_once (provider_id, day); reads the days once.
SELECT worked.provider_id AS provider, worked.day, worked.day_before, provider.day_reached
FROM (
    SELECT
        provider_id,
        day,
        lag(day) OVER in_order AS day_before,
        lag(finished_at) OVER in_order AS finished_before
    FROM provider_day
    WINDOW in_order AS (PARTITION BY provider_id ORDER BY day)
) AS worked
JOIN provider ON provider.id = worked.provider_id
WHERE worked.day_before <> worked.day - 1
    OR worked.day_before IS NOT NULL AND worked.finished_before IS NULL
    OR provider.day_reached IS NULL
    OR provider.day_reached < worked.day
