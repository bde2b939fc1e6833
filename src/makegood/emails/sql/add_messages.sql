-- Puts one message for each recipient into the outbox, and decides from the customer whether it waits or is not sent at all.
-- Nothing of what an e-mail says is looked at here: it is made when it is sent. Who has the message already gets no second.
-- {recipients}: a query that yields customer_id and cause_id; its parameters come with it. It runs once, and each customer is
-- then looked up by id alone: a planner that knows nothing of the tables yet would go through one for each row of the other.
-- Parameters: provider, template, cause_type, active, at.
-- Index: customer primary key; message_once (cause_id, customer_id, cause_type, template).
WITH recipient AS MATERIALIZED ({recipients})
INSERT INTO message (
    provider_id, customer_id, cause_id, created_at, due_at, attempts, template, cause_type, state, reason, address, subject
)
SELECT
    %(provider)s, decided.customer_id, decided.cause_id, %(at)s,
    CASE WHEN decided.reason = '' THEN %(at)s::timestamptz END,
    0, %(template)s, %(cause_type)s,
    CASE WHEN decided.reason = '' THEN 'waiting' ELSE 'not_sent' END,
    decided.reason, '', ''
FROM (
    SELECT
        recipient.customer_id,
        recipient.cause_id::bigint AS cause_id,
        CASE
            WHEN customer.email = '' THEN 'no_address'
            WHEN customer.email_opt_out THEN 'opted_out'
            WHEN NOT %(active)s THEN 'template_inactive'
            ELSE ''
        END AS reason
    FROM recipient
    CROSS JOIN LATERAL (
        SELECT email, email_opt_out, provider_id
        FROM customer
        WHERE customer.id = recipient.customer_id
        OFFSET 0
    ) AS customer
    WHERE customer.provider_id = %(provider)s
    ORDER BY recipient.customer_id, recipient.cause_id
) AS decided
ON CONFLICT (cause_id, customer_id, cause_type, template) DO NOTHING
