-- Writes the drafts that the freeze has made up, their rows, lines and taxes. Who has one of the same period already gets
-- none: two runs at the same moment wait for each other at the unique index. Where nothing goes on, the invoice is final if
-- it settles an order that has ended. Part of the freeze, whose made, placed, taxed and sold it reads.
-- {basis}: invoice_basis.sql. {skipped}: rows of selected customers who get none, or nothing.
-- Parameters: run, provider, tax_gl_code, created_by, created_at.
-- Index: invoice_once_per_period (customer_id, period_from).
settling AS (
    SELECT DISTINCT placed.customer_id
    FROM placed
    JOIN sold ON sold.order_id = placed.order_id AND sold.has_ended
),
invoiced AS (
    INSERT INTO invoice (
        id, provider_id, customer_id, run_row_id, net_minor, tax_minor, used_minor, paid_minor, written_off_minor,
        voided_minor, to_funds_minor, created_at, period_from, period_to, reminders_sent, billing_day, basis, cycle,
        kind, state, created_by_id
    )
    SELECT
        made.invoice_id, %(provider)s, made.customer_id, made.row_id, made.net_minor, made.tax_minor, 0, 0, 0, 0, 0,
        %(created_at)s, made.period_from, made.period_to, 0, made.billing_day, basis.basis, made.cycle,
        CASE
            WHEN made.goes_on THEN 'period'
            WHEN settling.customer_id IS NOT NULL THEN 'final'
            ELSE 'single'
        END,
        'draft', %(created_by)s
    FROM made
    JOIN ({basis}) AS basis ON basis.customer_id = made.customer_id
    LEFT JOIN settling ON settling.customer_id = made.customer_id
    ORDER BY made.invoice_id
    ON CONFLICT (customer_id, period_from) WHERE kind = 'period' AND NOT (state = 'void') DO NOTHING
    RETURNING id, customer_id, run_row_id, total_minor
),
written_row AS (
    INSERT INTO run_row (id, provider_id, run_id, customer_id, amount_minor, outcome)
    SELECT run_row_id, %(provider)s, %(run)s, customer_id, greatest(total_minor, 0), NULL
    FROM invoiced
    {skipped}
    ORDER BY customer_id
),
written_line AS (
    INSERT INTO invoice_line (
        invoice_id, position, provider_id, customer_id, order_id, charge_id, adjustment_id, gl_code_id, amount_minor,
        net_minor, tax_rate, from_on, to_on, kind, description
    )
    SELECT
        invoiced.id, placed.position, %(provider)s, placed.customer_id, placed.order_id, placed.charge_id,
        placed.adjustment_id, placed.gl_code_id, placed.amount_minor, placed.amount_minor - placed.included_minor,
        placed.tax_rate, placed.from_on, placed.to_on, placed.kind, left(placed.description, 500)
    FROM placed
    JOIN invoiced ON invoiced.customer_id = placed.customer_id
    ORDER BY invoiced.id, placed.position
)
INSERT INTO invoice_tax (invoice_id, tax_rate, provider_id, gl_code_id, net_minor, tax_minor)
SELECT invoiced.id, taxed.tax_rate, %(provider)s, %(tax_gl_code)s, taxed.net_minor, taxed.tax_minor
FROM taxed
JOIN invoiced ON invoiced.customer_id = taxed.customer_id
WHERE taxed.tax_rate > 0
ORDER BY invoiced.id, taxed.tax_rate
