from django.db import migrations

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted

# What was received, from whom and when is fixed; its state and what of it pays invoices move with the entries.
RECEIVED_IS_FIXED = """
REVOKE UPDATE ON payment FROM makegood_app;
GRANT UPDATE (
    state, allocated_minor, reversal_reason, reversal_key, reversal_hash, reversed_by_id, reversed_at, reversed_on,
    reversal_journal_entry_id
) ON payment TO makegood_app;
"""

# The same chart as payments.rules.TRANSITIONS; a test holds the two together.
TRANSITIONS = """
CREATE FUNCTION payment_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'succeeded' THEN NEW.state IN ('reversed')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'payment % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_transition_known', TABLE = 'payment';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_transition_known BEFORE UPDATE OF state ON payment FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION payment_transition_known();
"""

# A payment pays at most what it is, and nothing is taken from an invoice that it did not get.
WITHIN_AMOUNT = """
CREATE FUNCTION payment_allocation_within_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    beyond bigint;
BEGIN
    SELECT min(payment.id) INTO beyond
    FROM payment
    WHERE payment.id IN (SELECT payment_id FROM new_allocation)
        AND (
            (SELECT sum(amount_minor) FROM payment_allocation WHERE payment_id = payment.id) > payment.amount_minor
            OR EXISTS (
                SELECT FROM payment_allocation
                WHERE payment_id = payment.id
                GROUP BY invoice_id
                HAVING sum(amount_minor) < 0
            )
        );
    IF beyond IS NOT NULL THEN
        RAISE EXCEPTION 'payment % would pay more than it is, or take away more than it gave', beyond
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_within_amount',
                TABLE = 'payment_allocation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER payment_allocation_within_amount AFTER INSERT ON payment_allocation
    REFERENCING NEW TABLE AS new_allocation FOR EACH STATEMENT EXECUTE FUNCTION payment_allocation_within_amount();
"""

# As the search of the list writes it.
REFERENCE_INSIDE = "CREATE INDEX payment_reference_inside ON payment USING gin (upper(reference::text) gin_trgm_ops)"


class Migration(migrations.Migration):
    """What holds payments together in the database itself."""

    dependencies = [
        ("payments", "0001_initial"),
        ("credits", "0005_uses"),
        ("invoices", "0002_guards"),
        ("ledger", "0004_closed_months"),
    ]
    operations = [
        never_deleted("payment"),
        append_only("payment_allocation"),
        belongs_to("payment", "customer_id", "customer"),
        belongs_to("payment", "gl_code_id", "gl_code"),
        belongs_to("payment", "overpayment_credit_id", "credit"),
        belongs_to("payment", "journal_entry_id", "journal_entry"),
        belongs_to("payment", "reversal_journal_entry_id", "journal_entry"),
        belongs_to("payment_allocation", "payment_id", "payment"),
        belongs_to("payment_allocation", "invoice_id", "invoice"),
        belongs_to("payment_allocation", "journal_entry_id", "journal_entry"),
        migrations.RunSQL([RECEIVED_IS_FIXED], "GRANT UPDATE ON payment TO makegood_app"),
        migrations.RunSQL(
            [TRANSITIONS],
            "DROP TRIGGER payment_transition_known ON payment; DROP FUNCTION payment_transition_known()",
        ),
        migrations.RunSQL(
            [WITHIN_AMOUNT],
            "DROP TRIGGER payment_allocation_within_amount ON payment_allocation; "
            "DROP FUNCTION payment_allocation_within_amount()",
        ),
        migrations.RunSQL([REFERENCE_INSIDE], "DROP INDEX payment_reference_inside"),
    ]
