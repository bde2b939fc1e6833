-- What is left of a customer's credits whose last day lies before a day: it is in the Available Funds until its end is booked,
-- and can pay nothing any more. Part of other statements, beside the customer's row of customer_balance.
-- Parameters: day.
-- Index: credit (customer_id).
SELECT coalesce(sum(credit.remaining_minor), 0)::bigint
FROM credit
WHERE credit.customer_id = customer_balance.customer_id
    AND credit.provider_id = customer_balance.provider_id
    AND credit.remaining_minor > 0
    AND credit.expires_on < %(day)s
