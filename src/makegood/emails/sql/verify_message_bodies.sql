-- Sent messages without a body, and bodies whose message was not sent, does not exist, or is another provider's.
-- Index: message and message_body primary keys.
SELECT
    coalesce(message.id, message_body.message_id) AS message,
    message.state,
    message_body.message_id IS NOT NULL AS has_body
FROM message
FULL JOIN message_body ON message_body.message_id = message.id AND message_body.provider_id = message.provider_id
WHERE (message_body.message_id IS NOT NULL) IS DISTINCT FROM coalesce(message.state = 'sent', false)
