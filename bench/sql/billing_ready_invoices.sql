-- The rows that an invoice run will write, worked out beforehand, for the floor beneath it.
CREATE TABLE ready_line AS
SELECT
    customer_order.customer_id,
    row_number() OVER (PARTITION BY customer_order.customer_id ORDER BY customer_order.id) AS position,
    customer_order.id AS order_id,
    customer_order.provider_id,
    service.gl_code_id,
    customer_order.price_minor AS amount_minor,
    service.tax_rate,
    service.name,
    billing_account.next_period_on AS from_on,
    cycle_end(billing_account.next_period_on, billing_account.billing_day) AS until
FROM customer_order
JOIN service ON service.id = customer_order.service_id
JOIN billing_account ON billing_account.customer_id = customer_order.customer_id;

CREATE TABLE ready_tax AS
SELECT
    customer_id, provider_id, tax_rate, sum(amount_minor)::bigint AS net_minor,
    round(sum(amount_minor) * tax_rate / 100)::bigint AS tax_minor
FROM ready_line
GROUP BY customer_id, provider_id, tax_rate;

CREATE TABLE ready_invoice AS
SELECT
    row_number() OVER (ORDER BY ready.customer_id) AS id, ready.*, customer.autopay,
    hashint8extended(ready.customer_id, 0) AS basis
FROM (
    SELECT
        ready_tax.customer_id, ready_tax.provider_id, sum(net_minor)::bigint AS net_minor,
        sum(tax_minor)::bigint AS tax_minor, min(period.from_on) AS from_on, max(period.until) AS until
    FROM ready_tax
    JOIN (SELECT customer_id, min(from_on) AS from_on, max(until) AS until FROM ready_line GROUP BY customer_id) AS period
        ON period.customer_id = ready_tax.customer_id
    GROUP BY ready_tax.customer_id, ready_tax.provider_id
) AS ready
JOIN customer ON customer.id = ready.customer_id;

ALTER TABLE ready_invoice ADD PRIMARY KEY (customer_id);
ANALYZE
