-- Adds the new orders.
-- Parameters: provider, at.
-- Index: service_name_unique (provider_id, name).
INSERT INTO customer_order (
    id, provider_id, customer_id, number, service_id, street, postal_code, area, status, price_minor, from_date,
    to_date, created_at, updated_at
)
SELECT
    import_order.id, %(provider)s, import_order.customer_id, import_order.number, service.id, import_order.street,
    import_order.postal_code, import_order.area, import_order.status, import_order.price_minor,
    import_order.from_date, import_order.to_date, %(at)s, %(at)s
FROM import_order
JOIN service ON service.provider_id = %(provider)s AND service.name = import_order.service
WHERE import_order.change = 'added'
