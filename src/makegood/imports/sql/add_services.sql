-- Adds the services that are not known yet, with the price and the GL code of the first order that names each.
-- Parameters: provider, gl_code (for orders whose section names none).
-- Index: service_name_unique (provider_id, name).
INSERT INTO service (provider_id, name, price_minor, tax_rate, gl_code_id, active)
SELECT DISTINCT ON (import_order.service)
    %(provider)s, import_order.service, import_order.price_minor, 0,
    coalesce(import_order.gl_code_id, %(gl_code)s), true
FROM import_order
JOIN (
    SELECT named.service, min(named.line) AS line FROM import_order AS named WHERE named.is_new_service
    GROUP BY named.service
) AS first_named ON first_named.service = import_order.service AND first_named.line = import_order.line
ORDER BY import_order.service, import_order.line, import_order.section
