from django.db import migrations

from makegood.kit.migration_operations import append_only

# Nothing is dated into a closed month; months are closed in their order.
CLOSED = """
CREATE FUNCTION journal_entry_month_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM period_close
        WHERE provider_id = NEW.provider_id AND month >= date_trunc('month', NEW.booked_on)::date
    ) THEN
        RAISE EXCEPTION 'the books of provider % are closed for %', NEW.provider_id, NEW.booked_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_month_open', TABLE = 'journal_entry';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER journal_entry_month_open BEFORE INSERT ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_month_open();
CREATE FUNCTION period_close_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM period_close WHERE provider_id = NEW.provider_id AND month >= NEW.month) THEN
        RAISE EXCEPTION 'a later month of provider % is closed already', NEW.provider_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'period_close_in_order', TABLE = 'period_close';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER period_close_in_order BEFORE INSERT ON period_close
    FOR EACH ROW EXECUTE FUNCTION period_close_in_order();
"""

# The limit holds back who gives. What comes back to a customer, or was paid, is booked whatever it makes the funds.
LARGEST_FUNDS = """
CREATE OR REPLACE FUNCTION customer_balance_within_limit() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    beyond bigint;
BEGIN
    IF current_setting('makegood.funds_without_limit', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    SELECT min(new_balance.customer_id) INTO beyond
    FROM new_balance
    JOIN provider ON provider.id = new_balance.provider_id
    JOIN old_balance ON old_balance.customer_id = new_balance.customer_id
    WHERE new_balance.funds_minor > provider.largest_funds_minor
      AND new_balance.funds_minor > old_balance.funds_minor;
    IF beyond IS NOT NULL THEN
        RAISE EXCEPTION 'customer % would have more Available Funds than the provider allows', beyond
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_balance_within_limit', TABLE = 'customer_balance';
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """Closed months, and a limit of funds that holds back giving only."""

    dependencies = [("ledger", "0003_period_close")]
    operations = [
        append_only("period_close"),
        migrations.RunSQL(
            [CLOSED],
            "DROP TRIGGER journal_entry_month_open ON journal_entry; DROP FUNCTION journal_entry_month_open(); "
            "DROP TRIGGER period_close_in_order ON period_close; DROP FUNCTION period_close_in_order()",
        ),
        migrations.RunSQL([LARGEST_FUNDS], migrations.RunSQL.noop),
    ]
