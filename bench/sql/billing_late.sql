-- One of thirty customers without funds is late with the invoice.
UPDATE invoice
SET state = 'late', due_on = date '2026-03-02', collect_on = date '2026-03-02', late_on = date '2026-03-03'
WHERE customer_id % 30 = 0;

VACUUM (ANALYZE)
