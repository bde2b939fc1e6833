-- What refunds under way will give as credits when they settle their invoices, in minor units: those that one person has asked
-- for, and all. What of them has gone back is given already.
-- Parameters: provider, staff.
-- Index: refund_transfer_under_way (all parts under way are few), refund primary key.
WITH waiting AS (
    SELECT refund.id, refund.created_by_id, refund.funds_minor, sum(refund_transfer.amount_minor) AS parts_minor
    FROM refund_transfer
    JOIN refund ON refund.id = refund_transfer.refund_id
    WHERE refund_transfer.state IN ('created', 'submitted', 'unknown')
        AND refund.provider_id = %(provider)s
        AND refund.follow = 'settle'
    GROUP BY refund.id
)
SELECT
    coalesce(sum(parts_minor + funds_minor) FILTER (WHERE created_by_id = %(staff)s), 0)::bigint AS by_person_minor,
    coalesce(sum(parts_minor + funds_minor), 0)::bigint AS by_all_minor
FROM waiting
