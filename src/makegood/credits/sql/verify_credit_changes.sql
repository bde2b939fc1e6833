-- Changes that do not follow from each other: their numbers count from one, each begins with what the one before left, the
-- first with what was issued, and the credit says what the last one left. Credits that were changed without a change. What an
-- overpayment amounts to also moves with its payment; `payment_funds` holds that.
-- Parameters: none.
-- Index: none; reads changes and credits once.
WITH followed AS (
    SELECT
        credit_change.*,
        lag(number, 1, 0) OVER change AS number_before,
        lag(new_description, 1, old_description) OVER change AS description_before,
        lag(new_gl_code_id, 1, old_gl_code_id) OVER change AS gl_code_before,
        CASE
            WHEN credit.kind = 'overpayment' THEN old_amount_minor
            ELSE lag(new_amount_minor, 1, credit.issued_minor) OVER change
        END AS amount_before,
        CASE WHEN number = 1 THEN old_expires_on ELSE lag(new_expires_on) OVER change END AS expires_before,
        lead(number) OVER change IS NULL AS is_last,
        credit.description AS description_now,
        credit.gl_code_id AS gl_code_now,
        CASE
            WHEN credit.kind = 'overpayment' THEN new_amount_minor
            ELSE credit.issued_minor + credit.adjusted_minor
        END AS amount_now,
        credit.expires_on AS expires_now,
        credit.id AS credit_found
    FROM credit_change
    LEFT JOIN credit ON credit.id = credit_change.credit_id AND credit.provider_id = credit_change.provider_id
    WINDOW change AS (PARTITION BY credit_change.credit_id ORDER BY credit_change.number)
)
SELECT credit_id AS credit, number AS change
FROM followed
WHERE credit_found IS NULL
    OR number <> number_before + 1
    OR (old_description, old_gl_code_id, old_amount_minor) <> (description_before, gl_code_before, amount_before)
    OR old_expires_on IS DISTINCT FROM expires_before
    OR is_last AND (new_description, new_gl_code_id, new_amount_minor) <> (description_now, gl_code_now, amount_now)
    OR is_last AND new_expires_on IS DISTINCT FROM expires_now
UNION ALL
SELECT id, NULL
FROM credit
WHERE adjusted_minor <> 0
    AND kind <> 'overpayment'
    AND NOT EXISTS (SELECT FROM credit_change WHERE credit_change.credit_id = credit.id)
