-- Parts of refunds and pay-outs whose booking is not theirs, is of another day or moves another amount; movements of payments
-- that went back, or came again, without such a part; and journal entries of refunds that no part names.
-- Parameters: none.
-- Index: none; reads parts, movements and the journal once.
WITH wanted AS (
    SELECT
        refund_transfer.id AS transfer_id,
        refund_transfer.refund_id,
        refund_transfer.payment_id,
        refund_transfer.gl_code_id,
        refund_transfer.journal_entry_id,
        refund_transfer.booked_on,
        CASE refund.purpose WHEN 'refund' THEN 'payment_refunded' ELSE 'funds_paid_out' END AS event,
        CASE refund.purpose WHEN 'refund' THEN 'refunded' ELSE 'paid_out' END AS type,
        -refund_transfer.amount_minor AS amount_minor
    FROM refund_transfer
    JOIN refund ON refund.id = refund_transfer.refund_id
    WHERE refund_transfer.state = 'succeeded' OR refund.purpose = 'pay_out'
    UNION ALL
    SELECT
        refund_transfer.id,
        refund_transfer.refund_id,
        refund_transfer.payment_id,
        refund_transfer.gl_code_id,
        back.journal_entry_id,
        back.booked_on,
        CASE refund.purpose WHEN 'refund' THEN 'refund_bounced' ELSE 'pay_out_failed' END,
        'bounced',
        refund_transfer.amount_minor
    FROM refund_transfer
    JOIN refund ON refund.id = refund_transfer.refund_id
    LEFT JOIN payment_movement AS back
        ON back.payment_id = refund_transfer.payment_id
        AND back.transfer_id = refund_transfer.id
        AND back.type = 'bounced'
    WHERE refund_transfer.bounced_at IS NOT NULL OR (refund.purpose = 'pay_out' AND refund_transfer.state = 'failed')
),
line AS (
    SELECT
        journal_line.entry_id, journal_line.gl_code_id, sum(journal_line.debit_minor - journal_line.credit_minor) AS amount_minor
    FROM journal_line
    JOIN journal_entry ON journal_entry.id = journal_line.entry_id AND journal_entry.cause_type = 'refund'
    GROUP BY journal_line.entry_id, journal_line.gl_code_id
),
of_entry AS (
    SELECT journal_entry_id, gl_code_id, sum(amount_minor) AS amount_minor FROM wanted GROUP BY journal_entry_id, gl_code_id
),
moved AS (
    SELECT * FROM payment_movement WHERE type IN ('refunded', 'paid_out', 'bounced')
)
SELECT 'transfer' AS record, wanted.transfer_id AS id, wanted.amount_minor, line.amount_minor AS booked_minor
FROM wanted
LEFT JOIN journal_entry
    ON journal_entry.id = wanted.journal_entry_id
    AND journal_entry.cause_type = 'refund'
    AND journal_entry.cause_id = wanted.refund_id
    AND journal_entry.event = wanted.event
    AND journal_entry.booked_on = wanted.booked_on
LEFT JOIN of_entry
    ON of_entry.journal_entry_id = wanted.journal_entry_id AND of_entry.gl_code_id = wanted.gl_code_id
LEFT JOIN line ON line.entry_id = wanted.journal_entry_id AND line.gl_code_id = wanted.gl_code_id
WHERE journal_entry.id IS NULL OR line.amount_minor IS DISTINCT FROM of_entry.amount_minor
UNION ALL
SELECT 'movement', coalesce(wanted.transfer_id, moved.transfer_id), wanted.amount_minor, moved.amount_minor
FROM (SELECT * FROM wanted WHERE payment_id IS NOT NULL) AS wanted
FULL JOIN moved
    ON moved.transfer_id = wanted.transfer_id
    AND moved.payment_id = wanted.payment_id
    AND moved.type = wanted.type
    AND moved.journal_entry_id = wanted.journal_entry_id
    AND moved.booked_on = wanted.booked_on
WHERE moved.amount_minor IS DISTINCT FROM wanted.amount_minor
UNION ALL
SELECT 'journal_entry', journal_entry.id, NULL, NULL
FROM journal_entry
LEFT JOIN wanted ON wanted.journal_entry_id = journal_entry.id
WHERE journal_entry.event IN ('payment_refunded', 'funds_paid_out', 'refund_bounced', 'pay_out_failed')
    AND wanted.transfer_id IS NULL
