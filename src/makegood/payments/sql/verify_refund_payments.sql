-- Payments that say something else of what went back of them, or is on its way, than the parts of refunds and pay-outs do.
-- Parameters: none.
-- Index: none; reads payments and parts once.
WITH gone AS (
    SELECT
        refund_transfer.payment_id,
        coalesce(sum(refund_transfer.amount_minor) FILTER (
            WHERE refund.purpose = 'refund' AND refund_transfer.state = 'succeeded' AND refund_transfer.bounced_at IS NULL
        ), 0) AS refunded_minor,
        coalesce(sum(refund_transfer.amount_minor) FILTER (
            WHERE refund.purpose = 'refund' AND refund_transfer.state NOT IN ('succeeded', 'failed')
        ), 0) AS refunding_minor,
        coalesce(sum(refund_transfer.amount_minor) FILTER (
            WHERE refund.purpose = 'pay_out' AND refund_transfer.state <> 'failed' AND refund_transfer.bounced_at IS NULL
        ), 0) AS paid_out_minor
    FROM refund_transfer
    JOIN refund ON refund.id = refund_transfer.refund_id
    WHERE refund_transfer.payment_id IS NOT NULL
    GROUP BY refund_transfer.payment_id
)
SELECT payment.id AS payment, payment.refunded_minor, payment.refunding_minor, payment.paid_out_minor, gone.*
FROM payment
LEFT JOIN gone ON gone.payment_id = payment.id
WHERE (payment.refunded_minor, payment.refunding_minor, payment.paid_out_minor) IS DISTINCT FROM (
    coalesce(gone.refunded_minor, 0), coalesce(gone.refunding_minor, 0), coalesce(gone.paid_out_minor, 0)
)
