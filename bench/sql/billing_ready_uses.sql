-- The rows that using funds will write, worked out beforehand, for the floor beneath it: of each customer's two credits the
-- older one goes first.
CREATE TABLE ready_use AS
SELECT
    nextval('credit_use_id_seq') AS id, owed.provider_id, owed.customer_id, owed.id AS invoice_id, lot.id AS credit_id,
    least(owed.due_minor, lot.upto_minor) - (lot.upto_minor - lot.remaining_minor) AS amount_minor,
    row_number() OVER (PARTITION BY owed.customer_id ORDER BY lot.id) AS place
FROM invoice AS owed
JOIN (
    SELECT
        id, customer_id, remaining_minor, sum(remaining_minor) OVER (PARTITION BY customer_id ORDER BY id) AS upto_minor
    FROM credit
) AS lot
    ON lot.customer_id = owed.customer_id AND lot.upto_minor - lot.remaining_minor < owed.due_minor
WHERE owed.state = 'open'
ORDER BY owed.customer_id, lot.id;

CREATE TABLE ready_paid AS
SELECT provider_id, customer_id, invoice_id, sum(amount_minor)::bigint AS amount_minor
FROM ready_use
GROUP BY provider_id, customer_id, invoice_id;

ANALYZE
