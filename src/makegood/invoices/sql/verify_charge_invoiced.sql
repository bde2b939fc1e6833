-- Charges that stand on more than one issued invoice, void ones aside, or on one without being invoiced; and invoiced
-- charges that stand on none, or with another amount, GL code or tax rate. The charges of a voided invoice wait again or are
-- cancelled.
-- Parameters: none.
-- Index: none; reads charges and the lines of charges once.
WITH billed AS (
    SELECT
        invoice_line.charge_id,
        count(*) FILTER (WHERE invoice.state <> 'void') AS lines,
        array_agg(DISTINCT invoice_line.amount_minor) AS amounts,
        array_agg(DISTINCT invoice_line.gl_code_id) AS gl_codes,
        array_agg(DISTINCT invoice_line.tax_rate) AS tax_rates
    FROM invoice_line
    JOIN invoice ON invoice.id = invoice_line.invoice_id
    WHERE invoice_line.charge_id IS NOT NULL AND invoice.number IS NOT NULL
    GROUP BY invoice_line.charge_id
)
SELECT coalesce(charge.id, billed.charge_id) AS charge, charge.state, billed.lines
FROM charge
FULL JOIN billed ON billed.charge_id = charge.id
WHERE charge.id IS NULL
    OR coalesce(billed.lines, 0) <> (CASE charge.state WHEN 'invoiced' THEN 1 ELSE 0 END)
    OR billed.amounts <> ARRAY[charge.amount_minor]
    OR billed.gl_codes <> ARRAY[charge.gl_code_id]
    OR billed.tax_rates <> ARRAY[charge.tax_rate]
