-- Credits whose parts are not the sums of their entries, or whose entries are not numbered from one without a gap.
-- Parameters: none.
-- Index: none; reads both once.
SELECT credit.id AS credit, credit.issued_minor, entries.*
FROM credit
LEFT JOIN (
    SELECT
        credit_id,
        count(*) AS entries,
        max(number) AS last_number,
        coalesce(sum(amount_minor) FILTER (WHERE type = 'issued'), 0) AS entered_issued,
        coalesce(sum(amount_minor) FILTER (WHERE type = 'adjusted'), 0) AS entered_adjusted,
        -coalesce(sum(amount_minor) FILTER (WHERE type IN ('used', 'returned')), 0) AS entered_used,
        -coalesce(sum(amount_minor) FILTER (WHERE type IN ('refunded', 'unrefunded')), 0) AS entered_refunded,
        -coalesce(sum(amount_minor) FILTER (WHERE type = 'expired'), 0) AS entered_expired,
        -coalesce(sum(amount_minor) FILTER (WHERE type = 'taken_back'), 0) AS entered_taken_back
    FROM credit_entry
    GROUP BY credit_id
) AS entries ON entries.credit_id = credit.id
WHERE entries.entries IS DISTINCT FROM entries.last_number
    OR (
        credit.issued_minor, credit.adjusted_minor, credit.used_minor, credit.refunded_minor, credit.expired_minor,
        credit.taken_back_minor
    ) IS DISTINCT FROM (
        entries.entered_issued, entries.entered_adjusted, entries.entered_used, entries.entered_refunded,
        entries.entered_expired, entries.entered_taken_back
    )
