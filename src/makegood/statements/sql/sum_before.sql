-- What a customer owed and had as Available Funds at the beginning of a day, in minor units, from both sub-ledgers.
-- Parameters: provider, customer, from_on.
-- Index: invoice_of_customer (customer_id, id), credit (customer_id), primary keys of receivable_entry and credit_entry.
SELECT
    (
        SELECT coalesce(sum(receivable_entry.amount_minor), 0)::bigint
        FROM invoice
        JOIN receivable_entry ON receivable_entry.invoice_id = invoice.id
        WHERE invoice.provider_id = %(provider)s
            AND invoice.customer_id = %(customer)s
            AND receivable_entry.booked_on < %(from_on)s
    ) AS owed_minor,
    (
        SELECT coalesce(sum(credit_entry.amount_minor), 0)::bigint
        FROM credit
        JOIN credit_entry ON credit_entry.credit_id = credit.id
        WHERE credit.provider_id = %(provider)s
            AND credit.customer_id = %(customer)s
            AND credit_entry.booked_on < %(from_on)s
    ) AS funds_minor
