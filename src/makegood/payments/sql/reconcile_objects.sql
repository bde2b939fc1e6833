-- Charges, refunds and disputes that were booked on the clearing account or moved a processor's balance in some days, each with
-- all of it that ever was booked and ever moved, so that a day more or less makes no difference. Disputes count by their charge.
-- What falls into the days is found first; the rest of each is looked up by its key, however many the planner expects.
-- {accounts}: accounts.sql. {balances}: balance_of_accounts.sql.
-- Parameters: provider, first, last, differing (whether what is the same on both sides is left out).
-- Index: payment_movement_by_day, balance_event_by_day, balance_event_of_charge, payment_gateway_reference_once, primary keys,
-- and those of the parts.
WITH account AS MATERIALIZED (
    {accounts}
),
event AS NOT MATERIALIZED (
    {balances}
),
event_within AS MATERIALIZED (
    SELECT counts_as, kind, source, charge, amount_minor, happened_at
    FROM event
    WHERE day BETWEEN %(first)s AND %(last)s
),
of_books AS MATERIALIZED (
    SELECT found.payment_id, account.counts_as, payment.gateway_reference AS charge
    FROM (
        SELECT DISTINCT payment_id
        FROM payment_movement
        WHERE provider_id = %(provider)s AND booked_on BETWEEN %(first)s AND %(last)s
    ) AS found
    CROSS JOIN LATERAL (
        SELECT gateway_id, gateway_reference FROM payment WHERE payment.id = found.payment_id OFFSET 0
    ) AS payment
    JOIN account ON account.gateway_id = payment.gateway_id
),
of_balance AS MATERIALIZED (
    SELECT counts_as, charge FROM event_within WHERE charge <> ''
    EXCEPT
    SELECT counts_as, charge FROM of_books
),
touched AS (
    SELECT payment_id, counts_as, charge
    FROM of_books
    UNION ALL
    SELECT payment.id, of_balance.counts_as, of_balance.charge
    FROM of_balance
    JOIN account ON account.counts_as = of_balance.counts_as
    CROSS JOIN LATERAL (
        SELECT id
        FROM payment
        WHERE gateway_id = account.gateway_id AND gateway_reference = of_balance.charge AND gateway_reference <> ''
        OFFSET 0
    ) AS payment
),
booked AS (
    SELECT
        touched.counts_as,
        CASE
            WHEN movement.type = 'received' THEN 'charge'
            WHEN movement.type IN ('returned', 'won_back') THEN 'dispute'
            ELSE 'refund'
        END AS kind,
        CASE
            WHEN movement.transfer_id IS NULL THEN touched.charge
            ELSE coalesce(nullif(transfer.reference, ''), 'transfer ' || transfer.id)
        END AS reference,
        touched.payment_id,
        movement.amount_minor,
        movement.created_at,
        transfer.state IN ('created', 'submitted', 'unknown') AS under_way,
        movement.booked_on BETWEEN %(first)s AND %(last)s AS within
    FROM touched
    CROSS JOIN LATERAL (
        SELECT type, transfer_id, amount_minor, created_at, booked_on
        FROM payment_movement
        WHERE payment_movement.payment_id = touched.payment_id
        OFFSET 0
    ) AS movement
    LEFT JOIN LATERAL (
        SELECT id, reference, way, state FROM refund_transfer WHERE refund_transfer.id = movement.transfer_id OFFSET 0
    ) AS transfer ON true
    WHERE transfer.id IS NULL OR transfer.way = 'gateway'
),
moved AS (
    SELECT counts_as, kind, source, charge, amount_minor, happened_at, true AS within
    FROM event_within
    WHERE charge = ''
    UNION ALL
    SELECT
        asked.counts_as, event.kind, event.source, event.charge, event.amount_minor, event.happened_at,
        event.day BETWEEN %(first)s AND %(last)s
    FROM (
        SELECT counts_as, charge FROM of_books WHERE charge <> ''
        UNION ALL
        SELECT counts_as, charge FROM of_balance
    ) AS asked
    JOIN account ON account.counts_as = asked.counts_as
    CROSS JOIN LATERAL (
        SELECT kind, source, charge, amount_minor, happened_at, day
        FROM event
        WHERE event.gateway_id = account.gateway_id AND event.charge = asked.charge AND event.charge <> ''
        OFFSET 0
    ) AS event
),
compared AS (
    SELECT
        counts_as, kind, reference,
        min(payment_id) AS payment_id,
        sum(booked_minor)::bigint AS booked_minor,
        sum(moved_minor)::bigint AS moved_minor,
        max(booked_at) AS booked_at,
        max(moved_at) AS moved_at,
        max(charge) AS charge,
        coalesce(bool_or(under_way), false) AS under_way
    FROM (
        SELECT
            counts_as, kind, reference, payment_id, amount_minor AS booked_minor, NULL::bigint AS moved_minor,
            created_at AS booked_at, NULL::timestamptz AS moved_at, NULL::text AS charge, under_way, within
        FROM booked
        UNION ALL
        SELECT
            counts_as, kind, CASE WHEN kind = 'refund' OR charge = '' THEN source ELSE charge END,
            NULL, NULL, amount_minor, NULL, happened_at, charge, NULL, within
        FROM moved
        WHERE kind IN ('charge', 'refund', 'dispute')
    ) AS side
    GROUP BY counts_as, kind, reference
    HAVING bool_or(within) AND (NOT %(differing)s OR coalesce(sum(booked_minor), 0) <> coalesce(sum(moved_minor), 0))
)
SELECT
    compared.kind,
    compared.reference,
    coalesce(compared.payment_id, charged.id) AS payment_id,
    compared.booked_minor,
    compared.moved_minor,
    compared.moved_at,
    CASE
        WHEN compared.booked_minor IS NULL THEN coalesce(charged.state IN ('created', 'submitted', 'unknown'), false)
        ELSE compared.under_way
    END AS under_way,
    account.balance_until IS NULL OR compared.booked_at > account.balance_until AS not_looked_at
FROM compared
JOIN account ON account.gateway_id = compared.counts_as
LEFT JOIN LATERAL (
    SELECT payment.id, payment.state
    FROM account AS own
    JOIN payment
        ON payment.gateway_id = own.gateway_id
        AND payment.gateway_reference = compared.charge
        AND payment.gateway_reference <> ''
    WHERE own.counts_as = compared.counts_as AND compared.booked_minor IS NULL
    OFFSET 0
) AS charged ON true
ORDER BY 1, 3, 2
