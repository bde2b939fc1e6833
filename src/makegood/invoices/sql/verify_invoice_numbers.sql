-- Providers whose invoice numbers have a gap, or do not end where the counter stands.
-- Parameters: none.
-- Index: invoice_number_once (provider_id, number).
SELECT given.provider_id AS provider, given.numbers, given.first, given.last, invoice_counter.last_number
FROM (
    SELECT provider_id, count(*) AS numbers, min(number) AS first, max(number) AS last
    FROM invoice
    WHERE number IS NOT NULL
    GROUP BY provider_id
) AS given
LEFT JOIN invoice_counter ON invoice_counter.provider_id = given.provider_id
WHERE given.last - given.first + 1 <> given.numbers OR invoice_counter.last_number IS DISTINCT FROM given.last
