-- Messages about a run or a change that does not exist, is another provider's, or has nothing to do with the customer; and
-- runs of which some of the credited customers have a message and others have none.
-- Index: run_row_once (run_id, customer_id, order_id); credit (run_row_id); run, credit_change and credit primary keys.
SELECT message.cause_type, message.cause_id, message.id AS message, NULL::bigint AS customers, NULL::bigint AS messages
FROM message
WHERE message.cause_type = 'run' AND message.template = 'new_credits'
    AND NOT EXISTS (
        SELECT
        FROM run
        JOIN credit_run ON credit_run.run_id = run.id AND credit_run.notify
        JOIN run_row ON run_row.run_id = run.id AND run_row.customer_id = message.customer_id
        JOIN credit ON credit.run_row_id = run_row.id
        WHERE run.id = message.cause_id AND run.provider_id = message.provider_id
    )
UNION ALL
SELECT message.cause_type, message.cause_id, message.id, NULL, NULL
FROM message
WHERE message.cause_type = 'credit_change' AND message.template = 'credit_changed'
    AND NOT EXISTS (
        SELECT
        FROM credit_change
        JOIN credit ON credit.id = credit_change.credit_id
        WHERE credit_change.id = message.cause_id
            AND credit_change.provider_id = message.provider_id
            AND credit_change.notify
            AND credit.customer_id = message.customer_id
    )
UNION ALL
SELECT message.cause_type, message.cause_id, message.id, NULL, NULL
FROM message
WHERE message.template IN ('new_credits', 'credit_changed')
    AND (message.cause_type, message.template) NOT IN (('run', 'new_credits'), ('credit_change', 'credit_changed'))
UNION ALL
SELECT 'run', run.id, NULL, run.customers_done, told.messages
FROM (
    SELECT cause_id, count(*) AS messages
    FROM message
    WHERE cause_type = 'run' AND template = 'new_credits'
    GROUP BY cause_id
) AS told
JOIN run ON run.id = told.cause_id
WHERE told.messages <> run.customers_done
