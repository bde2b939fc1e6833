-- Freezes an invoice run: a draft with lines and taxes for everybody who is due, and the run's rows; one statement, hence
-- one state of the records. Who has a draft or an invoice of the same period already is left alone.
-- {candidates}: a query that yields customer_id. {behind_all}, {corrections}, {further_lines}, {writes}: behind_all.sql,
-- correction_lines.sql, further_lines.sql, and write_drafts.sql or count_due.sql. {tax}: the tax of all lines of one rate;
-- {included}, {included_in_line}: what of it stands in the amounts, of all lines and of one.
-- Parameters: run, provider, day, invoices_from, tax_gl_code, charges_only, created_by, created_at.
-- Index: find_candidates.sql; customer_order (customer_id); order_billing primary key; order_pause (customer_id);
-- order_price_by_day; charge_waiting.
WITH RECURSIVE candidate AS MATERIALIZED (
    SELECT billing_account.customer_id, billing_account.cycle, billing_account.billing_day, billing_account.next_period_on
    FROM ({candidates}) AS found
    JOIN billing_account ON billing_account.customer_id = found.customer_id
    JOIN customer ON customer.id = found.customer_id
    WHERE billing_account.provider_id = %(provider)s AND customer.billing_enabled
),
pause AS MATERIALIZED (
    SELECT order_pause.order_id, range_agg(daterange(order_pause.from_on, order_pause.until)) AS days
    FROM candidate
    JOIN order_pause ON order_pause.customer_id = candidate.customer_id
    WHERE order_pause.until IS DISTINCT FROM order_pause.from_on
    GROUP BY order_pause.order_id
),
sold AS MATERIALIZED (
    SELECT
        candidate.customer_id,
        customer_order.id AS order_id,
        customer_order.from_date,
        customer_order.to_date,
        customer_order.status = 'active' OR customer_order.suspended_late_on IS NOT NULL AS goes_on,
        customer_order.status = 'terminated' AS has_ended,
        service.name,
        service.tax_rate,
        service.gl_code_id,
        order_billing.billed_until,
        order_billing.price_id,
        pause.days AS unused_days,
        CASE
            WHEN pause.days IS NULL THEN open_day.first
            ELSE lower(datemultirange(daterange(open_day.first, NULL)) - pause.days)
        END AS begins_on,
        greatest(customer_order.from_date, %(invoices_from)s) AS mended_from
    FROM candidate
    JOIN customer_order ON customer_order.customer_id = candidate.customer_id
    JOIN service ON service.id = customer_order.service_id
    LEFT JOIN order_billing ON order_billing.order_id = customer_order.id
    LEFT JOIN pause ON pause.order_id = customer_order.id
    CROSS JOIN LATERAL (
        SELECT greatest(customer_order.from_date, %(invoices_from)s, order_billing.billed_until) AS first
    ) AS open_day
    WHERE NOT %(charges_only)s
        AND NOT customer_order.never_began
        AND customer_order.status <> 'pending'
),
account AS MATERIALIZED (
    SELECT
        candidate.customer_id,
        candidate.cycle,
        coalesce(bool_or(sold.goes_on), false) AS goes_on,
        coalesce(
            candidate.next_period_on,
            greatest(min(sold.begins_on) FILTER (WHERE sold.goes_on), ({behind_all}))
        ) AS period_from,
        coalesce(
            candidate.billing_day,
            extract(day FROM coalesce(min(sold.from_date) FILTER (WHERE sold.goes_on), min(sold.from_date)))
        )::integer AS billing_day
    FROM candidate
    LEFT JOIN sold ON sold.customer_id = candidate.customer_id
    GROUP BY candidate.customer_id, candidate.cycle, candidate.next_period_on, candidate.billing_day
),
billed AS MATERIALIZED (
    SELECT account.*, period.period_until
    FROM account
    LEFT JOIN (
        SELECT period_from, billing_day, cycle_end(period_from, billing_day) AS period_until
        FROM (SELECT DISTINCT period_from, billing_day FROM account WHERE goes_on AND period_from <= %(day)s) AS begun
    ) AS period
        ON period.period_from = account.period_from AND period.billing_day = account.billing_day
    WHERE NOT account.goes_on OR period.period_until IS NOT NULL
),
span AS MATERIALIZED (
    SELECT
        customer_id, order_id, name, tax_rate, gl_code_id, billing_day, period_from, lower(used) AS begins_on,
        upper(used) AS until
    FROM (
        SELECT
            ending.*,
            unnest(datemultirange(daterange(begins_on, until)) - coalesce(unused_days, datemultirange())) AS used
        FROM (
            SELECT
                sold.*, billed.billing_day, billed.period_from,
                CASE
                    WHEN sold.goes_on THEN least(billed.period_until, sold.to_date + 1)
                    WHEN sold.has_ended THEN sold.to_date + 1
                    -- Of what is suspended, the pause is the end.
                    WHEN upper_inf(sold.unused_days) THEN coalesce(sold.to_date + 1, 'infinity')
                END AS until
            FROM sold
            JOIN billed ON billed.customer_id = sold.customer_id
        ) AS ending
        WHERE begins_on < until
    ) AS used_part
),
cut AS (
    SELECT
        begins_on, until, billing_day, begins_on AS from_on, cycle_start(begins_on, billing_day) AS cycle_from,
        cycle_end(begins_on, billing_day) AS cycle_until
    FROM (SELECT DISTINCT begins_on, until, billing_day FROM span) AS distinct_span
    UNION ALL
    SELECT begins_on, until, billing_day, cycle_until, cycle_until, cycle_end(cycle_until, billing_day)
    FROM cut
    WHERE cycle_until < until
),
price AS MATERIALIZED (
    SELECT
        order_id,
        price_minor,
        CASE WHEN lag(id) OVER in_time IS NULL THEN '-infinity' ELSE effective_from END AS from_on,
        coalesce(lead(effective_from) OVER in_time, 'infinity') AS until
    FROM order_price
    WHERE order_id IN (SELECT order_id FROM span)
    WINDOW in_time AS (PARTITION BY order_id ORDER BY effective_from, id)
),
service_line AS MATERIALIZED (
    SELECT
        span.customer_id, span.order_id, span.name, span.tax_rate, span.gl_code_id, span.period_from, part.from_on,
        part.until - 1 AS to_on,
        CASE
            WHEN part.until - part.from_on = cut.cycle_until - cut.cycle_from THEN price.price_minor
            ELSE round(
                price.price_minor::numeric * (part.until - part.from_on) / (cut.cycle_until - cut.cycle_from)
            )::bigint
        END AS amount_minor
    FROM span
    JOIN cut ON cut.begins_on = span.begins_on AND cut.until = span.until AND cut.billing_day = span.billing_day
    JOIN price ON price.order_id = span.order_id
    CROSS JOIN LATERAL (
        SELECT
            greatest(cut.from_on, price.from_on) AS from_on,
            least(cut.cycle_until, span.until, price.until) AS until
    ) AS part
    WHERE part.from_on < part.until
),
corrected AS MATERIALIZED (
    {corrections}
),
line AS (
    SELECT
        customer_id, order_id, 1 AS rank, NULL::bigint AS charge_id, NULL::bigint AS adjustment_id, 'service' AS kind, from_on,
        to_on, amount_minor, tax_rate, gl_code_id, name AS description
    FROM service_line
    UNION ALL
    SELECT
        corrected.customer_id, corrected.order_id, CASE kind WHEN 'price_change' THEN 2 ELSE 3 END, NULL, NULL, kind, from_on,
        to_on, amount_minor, corrected.tax_rate, corrected.gl_code_id,
        sold.name
        || CASE WHEN kind = 'unused_time' THEN ', unused' WHEN is_back THEN ', earlier price' ELSE ', new price' END
    FROM corrected
    JOIN sold ON sold.order_id = corrected.order_id
    UNION ALL
    {further_lines}
),
placed AS MATERIALIZED (
    SELECT
        line.*,
        row_number() OVER in_order AS position,
        {included_in_line} AS included_minor
    FROM line
    WINDOW
        in_order AS (PARTITION BY customer_id ORDER BY order_id, rank, from_on, amount_minor, adjustment_id, charge_id),
        of_rate AS (
            PARTITION BY customer_id, tax_rate
            ORDER BY order_id, rank, from_on, amount_minor, adjustment_id, charge_id ROWS UNBOUNDED PRECEDING
        )
),
taxed AS MATERIALIZED (
    SELECT customer_id, tax_rate, amount_minor - included_minor AS net_minor, tax_minor, from_on, to_on
    FROM (
        SELECT
            customer_id, tax_rate, sum(amount_minor) AS amount_minor, {tax} AS tax_minor, {included} AS included_minor,
            min(from_on) AS from_on, max(to_on) AS to_on
        FROM placed
        GROUP BY customer_id, tax_rate
    ) AS of_rate
),
made AS MATERIALIZED (
    SELECT nextval('run_row_id_seq') AS row_id, nextval('invoice_id_seq') AS invoice_id, of_customer.*
    FROM (
        SELECT
            taxed.customer_id, billed.cycle, billed.billing_day, billed.goes_on, sum(taxed.net_minor) AS net_minor,
            sum(taxed.tax_minor) AS tax_minor,
            CASE WHEN billed.goes_on THEN billed.period_from ELSE coalesce(min(taxed.from_on), %(day)s) END AS period_from,
            CASE WHEN billed.goes_on THEN billed.period_until - 1 ELSE coalesce(max(taxed.to_on), %(day)s) END AS period_to
        FROM taxed
        JOIN billed ON billed.customer_id = taxed.customer_id
        GROUP BY taxed.customer_id, billed.cycle, billed.billing_day, billed.goes_on, billed.period_from, billed.period_until
        ORDER BY taxed.customer_id
    ) AS of_customer
),
{writes}
