-- Payments of which something else is returned than their disputes took, or whose state does not say it; and disputes of another
-- gateway's payment, or that took something although they are won or were a warning only. Reversed ones a person reversed.
-- Parameters: none.
-- Index: none; reads payments and disputes once.
WITH taken AS (
    SELECT
        payment_id,
        sum(booked_minor) AS booked_minor,
        bool_or(state = 'open' AND booked_minor > 0) AS is_open
    FROM dispute
    GROUP BY payment_id
)
SELECT
    'payment' AS record,
    payment.id,
    payment.returned_minor + payment.lost_minor AS said_minor,
    coalesce(taken.booked_minor, 0) AS booked_minor
FROM payment
LEFT JOIN taken ON taken.payment_id = payment.id
WHERE payment.state <> 'reversed'
    AND (
        payment.returned_minor + payment.lost_minor <> coalesce(taken.booked_minor, 0)
        OR (payment.state = 'disputed' AND NOT coalesce(taken.is_open, false))
    )
UNION ALL
SELECT 'dispute', dispute.id, dispute.amount_minor, dispute.booked_minor
FROM dispute
LEFT JOIN payment
    ON payment.id = dispute.payment_id
    AND payment.provider_id = dispute.provider_id
    AND payment.gateway_id = dispute.gateway_id
WHERE payment.id IS NULL
    OR (dispute.state IN ('warning', 'won') AND dispute.booked_minor <> 0)
