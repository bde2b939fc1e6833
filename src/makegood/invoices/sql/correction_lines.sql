-- Lines that correct what has been billed: days whose price has changed since (the old price back, the new one instead), and
-- unused days of ended orders (back). Day by day, as these are few; days of one cycle and price in a row make one line, unused
-- days one for each line that they were billed with. Only days that stand on an invoice, and have not been given back since,
-- are corrected, with the tax, the GL code and the cycle that they were billed with: the customer's may be others by now. What
-- is back of unused days is what was billed for them; days of an anniversary are the customer's. What stands on a void or
-- uncollectible invoice is not back, and a price whose correction stood on one is not corrected again.
-- Part of the freeze, whose sold and billed it reads.
-- Parameters: none of its own.
-- Index: order_price_by_day (order_id, effective_from); invoice_of_customer (customer_id), invoice_line primary key.
SELECT
    customer_id,
    order_id,
    kind,
    is_back,
    tax_rate,
    gl_code_id,
    min(day) AS from_on,
    max(day) AS to_on,
    NULL::bigint AS billed_by_id,
    CASE WHEN is_back THEN -1 ELSE 1 END * CASE
        WHEN count(*) = cycle_until - cycle_from THEN price_minor
        ELSE round(price_minor::numeric * count(*) / (cycle_until - cycle_from))::bigint
    END AS amount_minor
FROM (
    SELECT
        billed_day.*,
        priced.is_back,
        priced.price_minor,
        day - row_number() OVER (
            PARTITION BY order_id, kind, is_back, tax_rate, gl_code_id, cycle_from, cycle_until, priced.price_minor
            ORDER BY day
        )::integer AS island
    FROM (
        SELECT
            range.customer_id,
            range.order_id,
            range.kind,
            each.tax_rate,
            each.gl_code_id,
            each.day,
            cycle_start(each.day, each.billing_day) AS cycle_from,
            cycle_end(each.day, each.billing_day) AS cycle_until,
            -- The first price holds before its day as well, as it does for services.
            (
                SELECT price_minor
                FROM order_price
                WHERE order_price.order_id = range.order_id AND order_price.id <= range.price_id
                ORDER BY
                    -- Those that have begun, the newest first; of one day the last.
                    effective_from > each.day,
                    abs(each.day - effective_from),
                    CASE WHEN effective_from <= each.day THEN -id ELSE id END
                LIMIT 1
            ) AS old_minor,
            (
                SELECT price_minor
                FROM order_price
                WHERE order_price.order_id = range.order_id
                ORDER BY
                    -- Those that have begun, the newest first; of one day the last.
                    effective_from > each.day,
                    abs(each.day - effective_from),
                    CASE WHEN effective_from <= each.day THEN -id ELSE id END
                LIMIT 1
            ) AS new_minor
        FROM (
            SELECT
                sold.customer_id, sold.order_id, sold.price_id, 'price_change' AS kind,
                greatest(sold.mended_from, changed.effective_from) AS from_on,
                least(sold.billed_until, sold.to_date + 1) AS until
            FROM sold
            JOIN billed ON billed.customer_id = sold.customer_id
            JOIN (
                SELECT order_price.order_id, min(order_price.effective_from) AS effective_from
                FROM order_price
                JOIN sold
                    ON sold.order_id = order_price.order_id
                    AND order_price.id > sold.price_id
                    AND order_price.effective_from < sold.billed_until
                GROUP BY order_price.order_id
            ) AS changed
                ON changed.order_id = sold.order_id
        ) AS range
        -- Of a day that was billed, given back and billed again, the last time counts.
        CROSS JOIN LATERAL (
            SELECT DISTINCT ON (days.day)
                days.day::date AS day, told.kind, told.tax_rate, told.gl_code_id, invoice.state, invoice.billing_day
            FROM (
                SELECT *
                FROM invoice_line
                WHERE invoice_line.invoice_id = ANY (ARRAY(
                        SELECT invoice.id
                        FROM invoice
                        WHERE invoice.customer_id = range.customer_id
                            AND invoice.number IS NOT NULL
                            AND invoice.state <> 'void'
                    ))
                    AND invoice_line.order_id = range.order_id
                    AND invoice_line.kind IN ('service', 'unused_time')
                UNION ALL
                SELECT *
                FROM invoice_line
                WHERE invoice_line.invoice_id = ANY (ARRAY(
                        SELECT invoice.id
                        FROM invoice
                        WHERE invoice.customer_id = range.customer_id
                            AND invoice.number IS NOT NULL
                            AND invoice.state IN ('void', 'uncollectible')
                    ))
                    AND invoice_line.order_id = range.order_id
                    AND invoice_line.kind = 'price_change'
            ) AS told
            JOIN invoice ON invoice.id = told.invoice_id
            CROSS JOIN LATERAL generate_series(
                greatest(range.from_on, told.from_on), least(range.until - 1, told.to_on), interval '1 day'
            ) AS days (day)
            ORDER BY days.day, told.kind = 'price_change' DESC, told.invoice_id DESC
        ) AS each
        WHERE each.kind = 'service' AND each.state <> 'uncollectible'
    ) AS billed_day
    CROSS JOIN LATERAL (
        VALUES (true, billed_day.old_minor), (false, billed_day.new_minor)
    ) AS priced (is_back, price_minor)
    WHERE billed_day.old_minor <> billed_day.new_minor
) AS placed_day
GROUP BY customer_id, order_id, kind, is_back, tax_rate, gl_code_id, cycle_from, cycle_until, price_minor, island
UNION ALL
SELECT
    customer_id,
    order_id,
    'unused_time',
    true,
    tax_rate,
    gl_code_id,
    from_on,
    to_on,
    invoice_id,
    -(
        -- With price changes of these days since.
        SELECT round(sum(
            invoice_line.amount_minor::numeric
            * (least(invoice_line.to_on, unused.to_on) - greatest(invoice_line.from_on, unused.from_on) + 1)
            / (invoice_line.to_on - invoice_line.from_on + 1)
        ))::bigint
        FROM invoice_line
        WHERE invoice_line.invoice_id = ANY (ARRAY(
                SELECT invoice.id
                FROM invoice
                WHERE invoice.customer_id = unused.customer_id
                    AND invoice.id >= unused.invoice_id
                    AND invoice.number IS NOT NULL
                    AND invoice.state NOT IN ('void', 'uncollectible')
            ))
            AND invoice_line.order_id = unused.order_id
            AND (
                invoice_line.kind = 'price_change'
                OR invoice_line.kind = 'service' AND invoice_line.invoice_id = unused.invoice_id
            )
            AND invoice_line.from_on <= unused.to_on
            AND invoice_line.to_on >= unused.from_on
    )
FROM (
    SELECT
        sold.customer_id, sold.order_id, each.tax_rate, each.gl_code_id, each.invoice_id, min(each.day) AS from_on,
        max(each.day) AS to_on
    FROM sold
    JOIN billed ON billed.customer_id = sold.customer_id
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (days.day)
            days.day::date AS day, invoice_line.kind, invoice_line.tax_rate, invoice_line.gl_code_id,
            invoice_line.invoice_id, invoice_line.position
        FROM invoice_line
        CROSS JOIN LATERAL generate_series(
            greatest(sold.mended_from, sold.to_date + 1, invoice_line.from_on),
            least(sold.billed_until - 1, invoice_line.to_on),
            interval '1 day'
        ) AS days (day)
        WHERE invoice_line.invoice_id = ANY (ARRAY(
                SELECT invoice.id
                FROM invoice
                WHERE invoice.customer_id = sold.customer_id AND invoice.number IS NOT NULL AND invoice.state <> 'void'
            ))
            AND invoice_line.order_id = sold.order_id
            AND invoice_line.kind IN ('service', 'unused_time')
        ORDER BY days.day, invoice_line.invoice_id DESC
    ) AS each
    JOIN invoice ON invoice.id = each.invoice_id AND invoice.cycle = 'monthly' AND invoice.state <> 'uncollectible'
    WHERE sold.has_ended
        AND sold.billed_until > sold.to_date + 1
        AND each.kind = 'service'
    GROUP BY sold.customer_id, sold.order_id, each.tax_rate, each.gl_code_id, each.invoice_id, each.position
) AS unused
