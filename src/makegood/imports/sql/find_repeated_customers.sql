-- A customer can stand on several rows, each with an order, if all say the same about the customer.
-- Parameters: none.
-- Index: none; only repeated rows are compared.
INSERT INTO import_bad (line, section, why, value, other)
SELECT
    again.line,
    0,
    CASE WHEN again.order_number IS NULL THEN 'customer_repeated' ELSE 'customer_differs' END,
    again.number,
    import_repeat.first_line::text || coalesce(
        ' (' || (
            SELECT string_agg(told.key, ', ' ORDER BY told.key)
            FROM jsonb_each(to_jsonb(again)) AS told
            JOIN jsonb_each(to_jsonb(before)) AS first_told ON first_told.key = told.key
            WHERE told.value <> first_told.value
                AND told.key IN (
                    'name', 'email', 'phone', 'street', 'postal_code', 'city', 'region', 'country', 'customer_type',
                    'language', 'status', 'closed_on', 'billing_enabled', 'autopay', 'email_opt_out'
                )
        ) || ')',
        ''
    )
FROM import_repeat
JOIN import_row AS again ON again.line = import_repeat.line AND again.leads
JOIN import_row AS before ON before.line = import_repeat.first_line AND before.leads
WHERE again.order_number IS NULL
    OR (
        again.name, again.email, again.phone, again.street, again.postal_code, again.city, again.region,
        again.country, again.customer_type, again.language, again.status, again.closed_on,
        again.billing_enabled, again.autopay, again.email_opt_out
    ) IS DISTINCT FROM (
        before.name, before.email, before.phone, before.street, before.postal_code, before.city, before.region,
        before.country, before.customer_type, before.language, before.status, before.closed_on,
        before.billing_enabled, before.autopay, before.email_opt_out
    )
