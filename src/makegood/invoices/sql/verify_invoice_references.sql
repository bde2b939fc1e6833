-- Invoices, lines, taxes, entries and billing records that name a record that does not exist or is not theirs: what foreign
-- keys would hold elsewhere.
-- Parameters: none.
-- Index: none; anti-joins.
SELECT 'invoice' AS record, invoice.id, NULL::bigint AS number
FROM invoice
LEFT JOIN customer ON customer.id = invoice.customer_id AND customer.provider_id = invoice.provider_id
LEFT JOIN staff ON staff.id = invoice.created_by_id
LEFT JOIN run_row
    ON run_row.id = invoice.run_row_id
    AND run_row.customer_id = invoice.customer_id
    AND run_row.provider_id = invoice.provider_id
    AND run_row.amount_minor = greatest(invoice.total_minor, 0)
WHERE customer.id IS NULL
    OR (invoice.created_by_id IS NOT NULL AND staff.id IS NULL)
    OR (invoice.run_row_id IS NOT NULL AND run_row.id IS NULL)
UNION ALL
SELECT 'invoice_line', invoice_line.invoice_id, invoice_line.position
FROM invoice_line
LEFT JOIN invoice
    ON invoice.id = invoice_line.invoice_id
    AND invoice.customer_id = invoice_line.customer_id
    AND invoice.provider_id = invoice_line.provider_id
LEFT JOIN gl_code ON gl_code.id = invoice_line.gl_code_id AND gl_code.provider_id = invoice_line.provider_id
LEFT JOIN customer_order
    ON customer_order.id = invoice_line.order_id AND customer_order.customer_id = invoice_line.customer_id
LEFT JOIN charge ON charge.id = invoice_line.charge_id AND charge.customer_id = invoice_line.customer_id
LEFT JOIN order_adjustment
    ON order_adjustment.id = invoice_line.adjustment_id AND order_adjustment.order_id = invoice_line.order_id
WHERE invoice.id IS NULL
    OR gl_code.id IS NULL
    OR (invoice_line.order_id IS NOT NULL AND customer_order.id IS NULL)
    OR (invoice_line.charge_id IS NOT NULL AND charge.id IS NULL)
    OR (invoice_line.adjustment_id IS NOT NULL AND order_adjustment.id IS NULL)
UNION ALL
SELECT 'invoice_tax', invoice_tax.invoice_id, NULL
FROM invoice_tax
LEFT JOIN invoice ON invoice.id = invoice_tax.invoice_id AND invoice.provider_id = invoice_tax.provider_id
LEFT JOIN gl_code ON gl_code.id = invoice_tax.gl_code_id AND gl_code.provider_id = invoice_tax.provider_id
WHERE invoice.id IS NULL OR gl_code.id IS NULL
UNION ALL
SELECT 'receivable_entry', receivable_entry.invoice_id, receivable_entry.number
FROM receivable_entry
LEFT JOIN invoice
    ON invoice.id = receivable_entry.invoice_id
    AND invoice.customer_id = receivable_entry.customer_id
    AND invoice.provider_id = receivable_entry.provider_id
LEFT JOIN journal_entry
    ON journal_entry.id = receivable_entry.journal_entry_id AND journal_entry.provider_id = receivable_entry.provider_id
WHERE invoice.id IS NULL OR journal_entry.id IS NULL
UNION ALL
SELECT 'order_billing', order_billing.order_id, NULL
FROM order_billing
LEFT JOIN customer_order
    ON customer_order.id = order_billing.order_id
    AND customer_order.customer_id = order_billing.customer_id
    AND customer_order.provider_id = order_billing.provider_id
LEFT JOIN order_price ON order_price.id = order_billing.price_id AND order_price.order_id = order_billing.order_id
WHERE customer_order.id IS NULL OR order_price.id IS NULL
UNION ALL
SELECT 'billing_account', customer.id, NULL
FROM customer
LEFT JOIN billing_account ON billing_account.customer_id = customer.id AND billing_account.provider_id = customer.provider_id
WHERE billing_account.customer_id IS NULL
