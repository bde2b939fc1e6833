-- Of some uses, those whose credit was taken back before the use came back: by a person, or by a finished take-back of its
-- run, even where nothing was left to take then. What came back of them is to be taken back as well. A take-back that was not
-- carried out for the customer, whatever the reason, takes nothing.
-- Parameters: uses (bigint[]).
-- Index: credit_use, credit primary keys; run_row primary key.
SELECT credit_use.id AS use_id
FROM credit_use
JOIN credit ON credit.id = credit_use.credit_id
LEFT JOIN run_row ON run_row.id = credit.run_row_id
WHERE credit_use.id = ANY (%(uses)s::bigint[])
    AND credit.kind IN ('goodwill', 'outage', 'correction')
    AND (
        credit.taken_back_minor > 0
        OR EXISTS (
            SELECT
            FROM run AS take_back
            WHERE take_back.provider_id = credit.provider_id
                AND take_back.reverses_id = run_row.run_id
                AND take_back.kind = 'take_back'
                AND take_back.started_at IS NOT NULL
                AND EXISTS (
                    SELECT
                    FROM run_row AS taken
                    WHERE taken.run_id = take_back.id
                        AND taken.customer_id = credit.customer_id
                        AND taken.reverses_row_id = run_row.id
                        AND (
                            taken.outcome IS NULL
                            OR taken.outcome IN (
                                'already_used', 'already_taken_back', 'already_expired', 'waiting_again', 'claimed'
                            )
                        )
                )
        )
    )
