-- Closing a customer ends what the customer is sold: the orders that the file does not name.
-- Parameters: at. (The ids are of matched records, hence of the provider.)
-- Index: customer_order (customer_id).
UPDATE customer_order
SET
    status = 'terminated',
    never_began = customer_order.status = 'pending',
    suspended_late_on = NULL,
    to_date = greatest(customer_order.from_date, import_customer.closed_on),
    updated_at = %(at)s
FROM import_customer
WHERE import_customer.closes
    AND customer_order.customer_id = import_customer.id
    AND customer_order.status <> 'terminated'
