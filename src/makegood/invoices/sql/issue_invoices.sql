-- Issues the drafts of a chunk: numbers without gaps from one update of the counter, dates, state, receivable and its entry.
-- A number goes by customer. An invoice of nothing moves no receivable, so it has no entry.
-- Parameters: run, provider, after, upto, claim, journal_entry, issued_at, booked_on, effective_on, due_days, autopay_days.
-- Index: run_row_once (run_id, customer_id, order_id); invoice (run_row_id); customer, customer_balance primary keys.
WITH of_chunk AS MATERIALIZED (
    SELECT invoice.id, invoice.customer_id, invoice.total_minor, invoice.state, customer.autopay
    FROM run_row
    JOIN invoice ON invoice.run_row_id = run_row.id
    JOIN customer ON customer.id = run_row.customer_id
    WHERE run_row.run_id = %(run)s
        AND run_row.customer_id > %(after)s
        AND run_row.customer_id <= %(upto)s
        AND run_row.outcome IS NOT DISTINCT FROM %(claim)s
),
-- Asked for apart: where the statistics know of no drafts yet, they would be looked through again for each row.
chunk AS MATERIALIZED (
    SELECT id, customer_id, total_minor, autopay, row_number() OVER (ORDER BY customer_id) AS place
    FROM of_chunk
    WHERE state = 'draft'
),
counter AS (
    INSERT INTO invoice_counter (provider_id, last_number)
    SELECT %(provider)s, count(*) FROM chunk HAVING count(*) > 0
    ON CONFLICT (provider_id) DO UPDATE SET last_number = invoice_counter.last_number + excluded.last_number
    RETURNING last_number
),
issued AS (
    UPDATE invoice
    SET number = (SELECT last_number FROM counter) - (SELECT count(*) FROM chunk) + chunk.place,
        state = CASE WHEN chunk.total_minor > 0 THEN 'open' ELSE 'paid' END,
        settled_on = CASE WHEN chunk.total_minor > 0 THEN NULL ELSE %(booked_on)s::date END,
        to_funds_minor = greatest(-chunk.total_minor, 0),
        issued_at = %(issued_at)s,
        issued_on = %(booked_on)s,
        due_on = %(booked_on)s::date + %(due_days)s::integer,
        collect_on = %(booked_on)s::date + CASE WHEN chunk.autopay THEN %(autopay_days)s ELSE %(due_days)s END::integer
    FROM chunk
    WHERE invoice.id = chunk.id
    RETURNING invoice.id, invoice.customer_id, invoice.total_minor, invoice.number
),
balance AS (
    UPDATE customer_balance
    SET receivable_minor = customer_balance.receivable_minor + issued.total_minor
    FROM issued
    WHERE customer_balance.customer_id = issued.customer_id AND issued.total_minor <> 0
),
entered AS (
    INSERT INTO receivable_entry (
        invoice_id, number, provider_id, customer_id, journal_entry_id, cause_id, amount_minor, created_at, booked_on,
        effective_on, cause_type, type
    )
    SELECT
        id, 1, %(provider)s, customer_id, %(journal_entry)s, id, total_minor, %(issued_at)s, %(booked_on)s,
        %(effective_on)s::date, 'invoice', 'issued'
    FROM issued
    WHERE total_minor <> 0
    ORDER BY id
)
SELECT
    count(*) AS invoices,
    coalesce(sum(total_minor), 0)::bigint AS total_minor,
    coalesce(sum(greatest(total_minor, 0)), 0)::bigint AS amount_minor,
    min(id) AS first_id,
    max(id) AS last_id,
    min(number) AS first_number,
    max(number) AS last_number
FROM issued
