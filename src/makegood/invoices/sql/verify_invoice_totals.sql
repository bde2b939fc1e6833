-- Invoices that do not come to what their lines and taxes add up to, and taxes whose base is not that of the lines.
-- Parameters: none.
-- Index: none; reads invoices, lines and taxes once.
WITH lines AS (
    SELECT invoice_id, sum(net_minor) AS net_minor, sum(amount_minor) AS amount_minor FROM invoice_line GROUP BY invoice_id
),
taxes AS (
    SELECT invoice_id, sum(tax_minor) AS tax_minor FROM invoice_tax GROUP BY invoice_id
)
SELECT invoice.id AS invoice, NULL::numeric AS tax_rate, invoice.net_minor, lines.net_minor AS lines_minor
FROM invoice
LEFT JOIN lines ON lines.invoice_id = invoice.id
LEFT JOIN taxes ON taxes.invoice_id = invoice.id
WHERE lines.invoice_id IS NULL
    OR invoice.net_minor <> lines.net_minor
    OR invoice.tax_minor <> coalesce(taxes.tax_minor, 0)
    -- As priced, lines are either without tax or with all of it.
    OR lines.amount_minor NOT IN (lines.net_minor, lines.net_minor + coalesce(taxes.tax_minor, 0))
UNION ALL
SELECT invoice_tax.invoice_id, invoice_tax.tax_rate, invoice_tax.net_minor, of_rate.net_minor
FROM invoice_tax
LEFT JOIN (
    SELECT invoice_id, tax_rate, sum(net_minor) AS net_minor FROM invoice_line GROUP BY invoice_id, tax_rate
) AS of_rate
    ON of_rate.invoice_id = invoice_tax.invoice_id AND of_rate.tax_rate = invoice_tax.tax_rate
WHERE invoice_tax.net_minor IS DISTINCT FROM of_rate.net_minor
