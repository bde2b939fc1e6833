-- Writes down that messages were sent, and what was sent, word for word. One that is no longer waiting is left alone.
-- Parameters: messages (JSON, a list of objects), at (the moment).
-- Index: message_pkey.
WITH given AS (
    SELECT *
    FROM json_to_recordset(%(messages)s::json)
        AS list (id bigint, address text, subject text, version bigint, text text, html text)
),
sent AS (
    UPDATE message
    SET state = 'sent', reason = '', attempts = message.attempts + 1, sent_at = %(at)s, due_at = NULL,
        claimed_until = NULL, address = given.address, subject = given.subject, version_id = given.version
    FROM given
    WHERE message.id = given.id AND message.state = 'waiting'
    RETURNING message.id, message.provider_id, given.text, given.html
)
INSERT INTO message_body (message_id, provider_id, text, html)
SELECT id, provider_id, text, html FROM sent
ON CONFLICT DO NOTHING
