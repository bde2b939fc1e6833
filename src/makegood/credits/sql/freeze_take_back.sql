-- Freezes the list of a take-back: one row for each row of the run that was credited, with what is left of its credit and,
-- where nothing will be taken back, the reason.
-- Parameters: run, provider, reverses (the run that is taken back).
-- Index: run_row_once (run_id, ...); credit (run_row_id).
INSERT INTO run_row (provider_id, run_id, customer_id, order_id, amount_minor, outcome, reverses_row_id)
SELECT
    %(provider)s,
    %(run)s,
    credited.customer_id,
    credited.order_id,
    credit.remaining_minor,
    CASE
        WHEN credit.taken_back_minor > 0 AND credit.remaining_minor = 0 THEN 'already_taken_back'
        WHEN credit.adjusted_minor <> 0 THEN 'changed_by_hand'
        WHEN credit.remaining_minor = 0 AND credit.used_minor + credit.refunded_minor > 0 THEN 'already_used'
        WHEN credit.remaining_minor = 0 THEN 'already_expired'
    END,
    credited.id
FROM run_row AS credited
JOIN credit ON credit.run_row_id = credited.id
WHERE credited.run_id = %(reverses)s
ORDER BY credited.customer_id, credited.order_id
