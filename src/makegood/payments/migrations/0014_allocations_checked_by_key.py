from django.db import migrations

# A payment pays at most what it is, and nothing is taken from an invoice that it did not get. Each is looked up by its key,
# however many the planner expects.
BY_KEY = """
CREATE OR REPLACE FUNCTION payment_allocation_within_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    beyond bigint;
BEGIN
    SELECT min(told.payment_id) INTO beyond
    FROM (SELECT DISTINCT payment_id FROM new_allocation) AS told
    CROSS JOIN LATERAL (SELECT amount_minor FROM payment WHERE payment.id = told.payment_id OFFSET 0) AS payment
    CROSS JOIN LATERAL (
        SELECT sum(of_invoice.amount_minor) AS paid_minor, min(of_invoice.amount_minor) AS least_minor
        FROM (
            SELECT sum(allocation.amount_minor) AS amount_minor
            FROM (
                SELECT invoice_id, amount_minor FROM payment_allocation WHERE payment_id = told.payment_id OFFSET 0
            ) AS allocation
            GROUP BY allocation.invoice_id
        ) AS of_invoice
    ) AS given
    WHERE given.paid_minor > payment.amount_minor OR given.least_minor < 0;
    IF beyond IS NOT NULL THEN
        RAISE EXCEPTION 'payment % would pay more than it is, or take away more than it gave', beyond
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_within_amount',
                TABLE = 'payment_allocation';
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """What a payment pays is checked as fast on tables of which the server knows nothing yet."""

    dependencies = [("payments", "0013_refunds_listed")]
    operations = [migrations.RunSQL([BY_KEY], migrations.RunSQL.noop)]
