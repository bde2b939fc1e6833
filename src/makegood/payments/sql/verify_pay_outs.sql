-- Pay-outs that took another amount out of credits than they gave, or brought another amount back than failed; entries of
-- credits that say so without a pay-out; and credits of which something was paid out that nobody had paid.
-- Parameters: none.
-- Index: none; reads pay-outs, their journal entries and the entries of credits once.
WITH taken AS (
    SELECT refund_transfer.journal_entry_id, sum(refund_transfer.amount_minor) AS amount_minor
    FROM refund_transfer
    JOIN refund ON refund.id = refund_transfer.refund_id AND refund.purpose = 'pay_out'
    GROUP BY refund_transfer.journal_entry_id
    UNION ALL
    SELECT payment_movement.journal_entry_id, -sum(payment_movement.amount_minor)
    FROM payment_movement
    JOIN refund_transfer ON refund_transfer.id = payment_movement.transfer_id
    JOIN refund ON refund.id = refund_transfer.refund_id AND refund.purpose = 'pay_out'
    WHERE payment_movement.type = 'bounced'
    GROUP BY payment_movement.journal_entry_id
),
entered AS (
    SELECT journal_entry_id, -sum(amount_minor) AS amount_minor
    FROM credit_entry
    WHERE type IN ('refunded', 'unrefunded')
    GROUP BY journal_entry_id
)
SELECT
    'journal_entry' AS record,
    coalesce(taken.journal_entry_id, entered.journal_entry_id) AS id,
    taken.amount_minor AS paid_out_minor,
    entered.amount_minor AS entered_minor
FROM taken
FULL JOIN entered ON entered.journal_entry_id = taken.journal_entry_id
WHERE taken.amount_minor IS DISTINCT FROM entered.amount_minor
UNION ALL
SELECT 'credit', id, refunded_minor, NULL
FROM credit
WHERE refunded_minor <> 0 AND kind NOT IN ('prepaid', 'overpayment')
