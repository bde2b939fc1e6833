-- What was booked on the clearing account and what moved processors' balances in some days, how both stood after them, and what
-- had moved the balances before that is not booked. What is known of the balances is unknown while one was never asked for.
-- {accounts}: accounts.sql. {balances}: balance_of_accounts.sql.
-- Parameters: provider, first, last.
-- Index: journal_entry_by_day, payment_movement_by_day, and those of the parts.
WITH account AS MATERIALIZED (
    {accounts}
),
event AS NOT MATERIALIZED (
    {balances}
),
clearing AS (
    SELECT
        coalesce(sum(journal_line.debit_minor - journal_line.credit_minor), 0)::bigint AS stood_minor,
        coalesce(sum(journal_line.debit_minor - journal_line.credit_minor) FILTER (
            WHERE journal_entry.booked_on >= %(first)s
        ), 0)::bigint AS moved_minor
    FROM journal_line
    JOIN gl_code ON gl_code.id = journal_line.gl_code_id AND gl_code.type = 'clearing'
    JOIN journal_entry ON journal_entry.id = journal_line.entry_id
    WHERE journal_line.provider_id = %(provider)s AND journal_entry.booked_on <= %(last)s
),
booked AS (
    SELECT
        coalesce(sum(payment_movement.amount_minor) FILTER (WHERE payment_movement.type = 'received'), 0)::bigint AS charge,
        coalesce(sum(payment_movement.amount_minor) FILTER (
            WHERE payment_movement.type IN ('refunded', 'paid_out', 'bounced')
        ), 0)::bigint AS refund,
        coalesce(sum(payment_movement.amount_minor) FILTER (
            WHERE payment_movement.type IN ('returned', 'won_back')
        ), 0)::bigint AS dispute
    FROM payment_movement
    JOIN payment ON payment.id = payment_movement.payment_id AND payment.gateway_id IS NOT NULL
    LEFT JOIN refund_transfer ON refund_transfer.id = payment_movement.transfer_id
    WHERE payment_movement.provider_id = %(provider)s
        AND payment_movement.booked_on BETWEEN %(first)s AND %(last)s
        AND (refund_transfer.id IS NULL OR refund_transfer.way = 'gateway')
),
moved AS (
    SELECT
        coalesce(sum(amount_minor) FILTER (WHERE day >= %(first)s AND kind = 'charge'), 0)::bigint AS charge,
        coalesce(sum(amount_minor) FILTER (WHERE day >= %(first)s AND kind = 'refund'), 0)::bigint AS refund,
        coalesce(sum(amount_minor) FILTER (WHERE day >= %(first)s AND kind = 'dispute'), 0)::bigint AS dispute,
        coalesce(sum(amount_minor) FILTER (WHERE day >= %(first)s AND kind = 'pay_out'), 0)::bigint AS pay_out,
        coalesce(sum(amount_minor) FILTER (WHERE day >= %(first)s AND kind = 'other'), 0)::bigint AS other,
        (
            coalesce(sum(amount_minor) FILTER (WHERE day >= %(first)s AND kind = 'fee'), 0)
            - coalesce(sum(fee_minor) FILTER (WHERE day >= %(first)s), 0)
        )::bigint AS fee,
        coalesce(sum(amount_minor) FILTER (WHERE day < %(first)s AND kind = 'pay_out'), 0)::bigint AS pay_out_before,
        coalesce(sum(amount_minor) FILTER (WHERE day < %(first)s AND kind = 'other'), 0)::bigint AS other_before,
        (
            coalesce(sum(amount_minor) FILTER (WHERE day < %(first)s AND kind = 'fee'), 0)
            - coalesce(sum(fee_minor) FILTER (WHERE day < %(first)s), 0)
        )::bigint AS fee_before,
        coalesce(sum(amount_minor - fee_minor) FILTER (WHERE day < %(first)s), 0)::bigint AS stood_before_minor,
        coalesce(sum(amount_minor - fee_minor), 0)::bigint AS stood_minor
    FROM event
    WHERE day <= %(last)s
)
SELECT
    clearing.stood_minor AS clearing_stood_minor,
    clearing.moved_minor AS clearing_moved_minor,
    booked.charge AS booked_charge, booked.refund AS booked_refund, booked.dispute AS booked_dispute,
    moved.charge AS moved_charge, moved.refund AS moved_refund, moved.dispute AS moved_dispute,
    moved.pay_out AS moved_pay_out, moved.other AS moved_other, moved.fee AS moved_fee,
    moved.fee_before, moved.pay_out_before, moved.other_before,
    moved.stood_before_minor AS processor_stood_before_minor,
    moved.stood_minor AS processor_stood_minor,
    (SELECT CASE WHEN bool_and(balance_until IS NOT NULL) THEN min(balance_until) END FROM account) AS looked_at
FROM clearing, booked, moved
