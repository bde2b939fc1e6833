-- Writes what differs in known orders.
-- Parameters: provider, at.
-- Index: customer_order primary key; service_name_unique (provider_id, name).
UPDATE customer_order
SET
    service_id = service.id,
    street = import_order.street,
    postal_code = import_order.postal_code,
    area = import_order.area,
    status = import_order.status,
    never_began = customer_order.never_began AND import_order.status = 'terminated',
    suspended_late_on = CASE WHEN import_order.status = 'suspended' THEN customer_order.suspended_late_on END,
    price_minor = import_order.price_minor,
    from_date = import_order.from_date,
    to_date = import_order.to_date,
    updated_at = %(at)s
FROM import_order
JOIN service ON service.provider_id = %(provider)s AND service.name = import_order.service
WHERE import_order.change = 'updated'
    AND customer_order.id = import_order.id
