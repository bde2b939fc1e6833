-- Customers of a draft whom autopay is still to charge on the provider's day, and how much, as their Available Funds are now.
-- Nobody once the day has charged, or is passed while billing was off. A part of the rehearsal of credits, whose asked it reads.
-- {to_charge}: to_charge.sql of payments. {upto}: the steps of a day up to the one that charges.
-- Parameters: provider, day.
-- Index: provider_day_once (provider_id, day), invoice_owed (customer_id), primary key of customer_balance; those of the part.
SELECT charged.customer_id, least(charged.due_minor, owed.due_minor - customer_balance.funds_minor)::bigint AS amount_minor
FROM (
    SELECT asked.customer_id, taken.due_minor
    FROM asked
    CROSS JOIN LATERAL (
        SELECT sum(to_charge.due_minor) AS due_minor
        FROM ({to_charge}) AS to_charge
        WHERE to_charge.customer_id = asked.customer_id
    ) AS taken
    WHERE taken.due_minor > 0
) AS charged
JOIN customer_balance ON customer_balance.customer_id = charged.customer_id
CROSS JOIN LATERAL (
    -- All that the funds pay until then.
    SELECT sum(invoice.due_minor) AS due_minor
    FROM invoice
    WHERE invoice.customer_id = charged.customer_id
        AND invoice.state IN ('open', 'late')
        AND invoice.collect_on <= %(day)s::date
        AND invoice.in_flight_minor = 0
        AND NOT invoice.by_hand
) AS owed
WHERE owed.due_minor > customer_balance.funds_minor
    AND (
        SELECT NOT EXISTS (
            SELECT
            FROM provider_day
            WHERE provider_id = %(provider)s
                AND day >= %(day)s::date
                AND (step NOT IN ({upto}) OR NOT billing)
        )
    )
