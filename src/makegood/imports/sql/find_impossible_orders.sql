-- Orders that cannot be what the file says, beside what is known already.
-- Parameters: none.
-- Index: customer primary key.
INSERT INTO import_bad (line, section, why, value, other)
SELECT
    checked.line,
    checked.section,
    checked.why,
    CASE checked.why
        WHEN 'customer_closed' THEN checked.status
        WHEN 'end_missing' THEN ''
        WHEN 'end_before_start' THEN checked.to_date::text
        ELSE checked.number
    END,
    CASE checked.why
        WHEN 'order_of_another'
            THEN (SELECT customer.number FROM customer WHERE customer.id = checked.known_customer_id)
        ELSE checked.from_date::text
    END
FROM (
    SELECT
        import_order.*,
        CASE
            WHEN import_order.known_customer_id <> import_order.customer_id THEN 'order_of_another'
            WHEN import_order.customer_status = 'closed' AND import_order.status <> 'terminated'
                THEN 'customer_closed'
            WHEN import_order.status = 'terminated' AND import_order.to_date IS NULL THEN 'end_missing'
            WHEN import_order.to_date < import_order.from_date THEN 'end_before_start'
        END AS why
    FROM import_order
) AS checked
WHERE checked.why IS NOT NULL
