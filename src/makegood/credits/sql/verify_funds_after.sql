-- Entries that do not say the customer's Available Funds after them.
-- A customer's bookings happen one after the other, and each draws its journal entry's id under the customer's lock, so
-- the ids are in that order.
-- Parameters: none.
-- Index: none; sorts the sub-ledger once.
SELECT credit_id AS credit, number, funds_after_minor, running_minor
FROM (
    SELECT
        credit_id,
        number,
        funds_after_minor,
        sum(amount_minor) OVER (PARTITION BY customer_id ORDER BY journal_entry_id, credit_id, number) AS running_minor
    FROM credit_entry
) AS followed
WHERE funds_after_minor <> running_minor
