-- Makes the tables of one import: what its rows say (null: the map does not say), and what is wrong with them.
-- They end with the transaction; dropped first, in case a transaction imports twice.
-- Parameters: none.
-- Index: none; they are read whole.
DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_bad;
CREATE TEMPORARY TABLE import_row (
    line bigint NOT NULL,
    section integer NOT NULL,
    leads boolean NOT NULL,
    number text NOT NULL,
    name text,
    email text,
    phone text,
    street text,
    postal_code text,
    city text,
    region text,
    country text,
    customer_type text,
    language text,
    status text,
    closed_on date,
    billing_enabled boolean,
    autopay boolean,
    email_opt_out boolean,
    order_number text,
    service text,
    gl_code_id bigint,
    order_street text,
    order_postal_code text,
    area text,
    order_status text,
    price_minor bigint,
    from_date date,
    to_date date
) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_bad (
    line bigint NOT NULL,
    section integer NOT NULL,
    why text NOT NULL,
    value text NOT NULL,
    other text NOT NULL
) ON COMMIT DROP
