-- Puts one message for each recipient into the outbox, and decides from the customer whether it waits or is not sent at all.
-- Nothing of what an e-mail says is looked at here: it is made when it is sent. Who has the message already gets no second.
-- {recipients}: a query that yields customer_id; its parameters come with it.
-- Parameters: provider, template, cause_type, cause_id, active, at.
-- Index: customer primary key; message_once (cause_id, customer_id, cause_type, template).
INSERT INTO message (
    provider_id, customer_id, cause_id, created_at, due_at, attempts, template, cause_type, state, reason, address, subject
)
SELECT
    %(provider)s, decided.customer_id, %(cause_id)s, %(at)s,
    CASE WHEN decided.reason = '' THEN %(at)s::timestamptz END,
    0, %(template)s, %(cause_type)s,
    CASE WHEN decided.reason = '' THEN 'waiting' ELSE 'not_sent' END,
    decided.reason, '', ''
FROM (
    SELECT
        customer.id AS customer_id,
        CASE
            WHEN customer.email = '' THEN 'no_address'
            WHEN customer.email_opt_out THEN 'opted_out'
            WHEN NOT %(active)s THEN 'template_inactive'
            ELSE ''
        END AS reason
    FROM ({recipients}) AS recipient
    JOIN customer ON customer.id = recipient.customer_id AND customer.provider_id = %(provider)s
    ORDER BY customer.id
) AS decided
ON CONFLICT (cause_id, customer_id, cause_type, template) DO NOTHING
