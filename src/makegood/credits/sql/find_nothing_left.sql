-- The rows of a chunk of a take-back whose credit has nothing left to take, each with the outcome.
-- Parameters: run, after, upto, claim.
-- Index: run_row_once (run_id, customer_id, order_id); credit (run_row_id).
SELECT
    run_row.id,
    run_row.customer_id,
    CASE
        WHEN credit.taken_back_minor > 0 AND credit.remaining_minor = 0 THEN 'already_taken_back'
        WHEN credit.adjusted_minor <> 0 THEN 'changed_by_hand'
        WHEN credit.used_minor + credit.refunded_minor > 0 THEN 'already_used'
        ELSE 'already_expired'
    END AS outcome
FROM run_row
JOIN credit ON credit.run_row_id = run_row.reverses_row_id
WHERE run_row.run_id = %(run)s
    AND run_row.customer_id > %(after)s
    AND run_row.customer_id <= %(upto)s
    AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
    AND (credit.remaining_minor = 0 OR credit.adjusted_minor <> 0)
