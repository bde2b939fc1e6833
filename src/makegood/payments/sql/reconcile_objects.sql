-- Charges, refunds and disputes that were booked on the clearing account or moved a processor's balance in some days, each with
-- all of it that ever was booked and ever moved, so that a day more or less makes no difference. Disputes count by their charge.
-- {accounts}: accounts.sql. {balances}: balance_of_accounts.sql.
-- Parameters: provider, first, last, differing (whether what is the same on both sides is left out).
-- Index: payment_movement_by_day, payment_gateway_reference_once, primary keys, and those of the parts.
WITH account AS MATERIALIZED (
    {accounts}
),
event AS NOT MATERIALIZED (
    {balances}
),
booked_row AS (
    SELECT
        account.counts_as AS gateway_id,
        CASE
            WHEN payment_movement.type = 'received' THEN 'charge'
            WHEN payment_movement.type IN ('returned', 'won_back') THEN 'dispute'
            ELSE 'refund'
        END AS kind,
        CASE
            WHEN payment_movement.transfer_id IS NULL THEN payment.gateway_reference
            ELSE coalesce(nullif(refund_transfer.reference, ''), 'transfer ' || refund_transfer.id)
        END AS reference,
        payment.id AS payment_id,
        payment_movement.amount_minor,
        payment_movement.booked_on,
        payment_movement.created_at,
        coalesce(refund_transfer.state IN ('created', 'submitted', 'unknown'), false) AS under_way
    FROM payment_movement
    JOIN payment ON payment.id = payment_movement.payment_id
    JOIN account ON account.gateway_id = payment.gateway_id
    LEFT JOIN refund_transfer ON refund_transfer.id = payment_movement.transfer_id
    WHERE payment_movement.provider_id = %(provider)s
        AND (refund_transfer.id IS NULL OR refund_transfer.way = 'gateway')
        AND payment_movement.payment_id IN (
            SELECT payment_id FROM payment_movement WHERE provider_id = %(provider)s AND booked_on BETWEEN %(first)s AND %(last)s
            UNION
            SELECT payment.id
            FROM event
            JOIN account ON account.counts_as = event.counts_as
            JOIN payment
                ON payment.gateway_id = account.gateway_id
                AND payment.gateway_reference = event.charge
                AND payment.gateway_reference <> ''
            WHERE event.day BETWEEN %(first)s AND %(last)s
        )
),
booked AS (
    SELECT
        gateway_id, kind, reference, min(payment_id) AS payment_id, sum(amount_minor)::bigint AS amount_minor,
        max(created_at) AS at, bool_or(under_way) AS under_way, bool_or(booked_on BETWEEN %(first)s AND %(last)s) AS within
    FROM booked_row
    GROUP BY gateway_id, kind, reference
),
moved AS (
    SELECT
        counts_as AS gateway_id, kind, CASE WHEN kind = 'refund' OR charge = '' THEN source ELSE charge END AS reference,
        max(charge) AS charge, sum(amount_minor)::bigint AS amount_minor, max(happened_at) AS at,
        bool_or(day BETWEEN %(first)s AND %(last)s) AS within
    FROM event
    WHERE kind IN ('charge', 'refund', 'dispute')
        AND (
            day BETWEEN %(first)s AND %(last)s
            OR (counts_as, charge) IN (
                SELECT account.counts_as, payment.gateway_reference
                FROM payment
                JOIN account ON account.gateway_id = payment.gateway_id
                WHERE payment.id IN (SELECT payment_id FROM booked) AND payment.gateway_reference <> ''
                UNION
                SELECT within.counts_as, within.charge
                FROM event AS within
                WHERE within.day BETWEEN %(first)s AND %(last)s
                    AND within.charge <> ''
            )
        )
    GROUP BY 1, 2, 3
)
SELECT
    coalesce(booked.kind, moved.kind) AS kind,
    coalesce(booked.reference, moved.reference) AS reference,
    coalesce(booked.payment_id, payment.id) AS payment_id,
    booked.amount_minor AS booked_minor,
    moved.amount_minor AS moved_minor,
    moved.at AS moved_at,
    coalesce(booked.under_way, payment.state IN ('created', 'submitted', 'unknown'), false) AS under_way,
    account.balance_until IS NULL OR booked.at > account.balance_until AS not_looked_at
FROM booked
FULL JOIN moved
    ON moved.gateway_id = booked.gateway_id AND moved.kind = booked.kind AND moved.reference = booked.reference
JOIN account ON account.gateway_id = coalesce(booked.gateway_id, moved.gateway_id)
LEFT JOIN payment
    ON booked.payment_id IS NULL
    AND payment.gateway_id IN (SELECT own.gateway_id FROM account AS own WHERE own.counts_as = moved.gateway_id)
    AND payment.gateway_reference = moved.charge
    AND payment.gateway_reference <> ''
WHERE (coalesce(booked.within, false) OR coalesce(moved.within, false))
    AND (NOT %(differing)s OR coalesce(booked.amount_minor, 0) <> coalesce(moved.amount_minor, 0))
ORDER BY 1, coalesce(booked.payment_id, payment.id), 2
