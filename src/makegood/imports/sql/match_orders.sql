-- The orders of the file as they will be, matched with the known ones by number, and with their customers.
-- change: added, updated, unchanged. 'infinity' is a date that the file says is absent.
-- A file that says active does not resume what is suspended because the customer is late with paying.
-- Parameters: provider.
-- Index: customer_order_number_unique (provider_id, number); service_name_unique (provider_id, name).
DROP TABLE IF EXISTS pg_temp.import_order;
CREATE TEMPORARY TABLE import_order ON COMMIT DROP AS
SELECT
    import_row.line,
    import_row.section,
    coalesce(customer_order.id, nextval(pg_get_serial_sequence('customer_order', 'id'))) AS id,
    CASE
        WHEN customer_order.id IS NULL THEN 'added'
        WHEN (
            customer_order.service_id, customer_order.street, customer_order.postal_code, customer_order.area,
            customer_order.status, customer_order.price_minor, customer_order.from_date, customer_order.to_date
        ) IS DISTINCT FROM (
            service.id, wanted.street, wanted.postal_code, wanted.area,
            wanted.status, import_row.price_minor, import_row.from_date, ending.to_date
        ) THEN 'updated'
        ELSE 'unchanged'
    END AS change,
    import_customer.id AS customer_id,
    import_customer.status AS customer_status,
    customer_order.customer_id AS known_customer_id,
    customer_order.price_minor AS known_price_minor,
    import_row.order_number AS number,
    import_row.service,
    service.id IS NULL AS is_new_service,
    import_row.gl_code_id,
    import_row.price_minor,
    import_row.from_date,
    wanted.*,
    ending.to_date
FROM import_row
JOIN import_customer ON import_customer.number = import_row.number
LEFT JOIN customer_order
    ON customer_order.provider_id = %(provider)s AND customer_order.number = import_row.order_number
LEFT JOIN service ON service.provider_id = %(provider)s AND service.name = import_row.service
CROSS JOIN LATERAL (
    SELECT
        coalesce(import_row.order_street, customer_order.street, '') AS street,
        coalesce(import_row.order_postal_code, customer_order.postal_code, '') AS postal_code,
        coalesce(import_row.area, customer_order.area, '') AS area,
        CASE
            WHEN customer_order.suspended_late_on IS NOT NULL AND import_row.order_status = 'active' THEN 'suspended'
            ELSE coalesce(import_row.order_status, customer_order.status, 'active')
        END AS status
) AS wanted
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN wanted.status = 'terminated'
                THEN coalesce(nullif(import_row.to_date, 'infinity'), customer_order.to_date)
            ELSE nullif(coalesce(import_row.to_date, customer_order.to_date), 'infinity')
        END AS to_date
) AS ending
WHERE import_row.order_number IS NOT NULL;
ANALYZE import_order
