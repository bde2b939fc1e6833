-- Refunds that are not the sum of their parts, whose state does not follow from them, whose funds' part is not what went back
-- for them, or that are settled with another amount than went back.
-- Parameters: none.
-- Index: none; reads refunds, their parts and what they booked once.
WITH part AS (
    SELECT
        refund_id,
        sum(amount_minor) AS amount_minor,
        count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state NOT IN ('succeeded', 'failed')) AS under_way
    FROM refund_transfer
    GROUP BY refund_id
),
returned AS (
    SELECT journal_entry.cause_id AS refund_id, sum(credit_entry.amount_minor) AS amount_minor
    FROM journal_entry
    JOIN credit_entry ON credit_entry.journal_entry_id = journal_entry.id
    WHERE journal_entry.cause_type = 'refund' AND journal_entry.event = 'funds_returned'
    GROUP BY journal_entry.cause_id
),
stood AS (
    SELECT
        refund.*,
        coalesce(part.amount_minor, 0) AS parts_minor,
        coalesce(part.succeeded, 0) AS succeeded,
        coalesce(part.failed, 0) AS failed,
        coalesce(part.under_way, 0) AS under_way,
        coalesce(returned.amount_minor, 0) AS returned_minor
    FROM refund
    LEFT JOIN part ON part.refund_id = refund.id
    LEFT JOIN returned ON returned.refund_id = refund.id
)
SELECT id AS refund, state, amount_minor, parts_minor, funds_minor, returned_minor
FROM stood
WHERE amount_minor <> parts_minor + funds_minor
    OR returned_minor <> CASE WHEN funds_returned THEN funds_minor ELSE 0 END
    OR state <> CASE
        WHEN under_way > 0 THEN 'pending'
        WHEN failed = 0 AND (funds_minor = 0 OR funds_returned) THEN 'done'
        WHEN succeeded > 0 THEN 'partly'
        ELSE 'failed'
    END
UNION ALL
SELECT coalesce(settled.refund_id, journal_entry.cause_id), 'settled', settled.amount_minor, credit.issued_minor, NULL, NULL
FROM (
    SELECT refund_id, credit_id, amount_minor, customer_id FROM refund_transfer WHERE credit_id IS NOT NULL
    UNION ALL
    SELECT id, credit_id, funds_minor, customer_id FROM refund WHERE credit_id IS NOT NULL
) AS settled
LEFT JOIN credit
    ON credit.id = settled.credit_id AND credit.customer_id = settled.customer_id AND credit.kind = 'correction'
LEFT JOIN journal_entry ON journal_entry.cause_type = 'credit' AND journal_entry.cause_id = settled.credit_id
WHERE credit.issued_minor IS DISTINCT FROM settled.amount_minor OR journal_entry.id IS NULL
