-- What the invoices that were just issued bill, by GL code, in minor units without tax; and the tax by its GL code.
-- Parameters: provider, first_id, last_id, first_number, last_number.
-- Index: invoice, invoice_line and invoice_tax primary keys, within the range of the chunk's invoices.
WITH issued AS MATERIALIZED (
    SELECT id
    FROM invoice
    WHERE id BETWEEN %(first_id)s AND %(last_id)s
        AND number BETWEEN %(first_number)s AND %(last_number)s
        AND provider_id = %(provider)s
)
SELECT gl_code_id, sum(amount_minor)::bigint AS amount_minor
FROM (
    SELECT gl_code_id, sum(net_minor) AS amount_minor
    FROM invoice_line
    WHERE invoice_id BETWEEN %(first_id)s AND %(last_id)s AND invoice_id IN (SELECT id FROM issued)
    GROUP BY gl_code_id
    UNION ALL
    SELECT gl_code_id, sum(tax_minor)
    FROM invoice_tax
    WHERE invoice_id BETWEEN %(first_id)s AND %(last_id)s AND invoice_id IN (SELECT id FROM issued)
    GROUP BY gl_code_id
) AS billed
GROUP BY gl_code_id
HAVING sum(amount_minor) <> 0
ORDER BY gl_code_id
