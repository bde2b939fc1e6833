-- Messages whose customer, or whose version of a template, does not exist or is another provider's or another template's.
-- Index: customer and email_template_version primary keys.
SELECT message.id AS message, message.customer_id AS customer, message.version_id AS version
FROM message
LEFT JOIN customer ON customer.id = message.customer_id
LEFT JOIN email_template_version AS version ON version.id = message.version_id
WHERE customer.provider_id IS DISTINCT FROM message.provider_id
    OR (
        message.version_id IS NOT NULL
        AND (version.provider_id, version.name) IS DISTINCT FROM (message.provider_id, message.template)
    )
