from django.db import migrations

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted

# One narrow row for each customer, made with the customer in the same statement, so that it can always be locked.
BALANCE_FOR_EACH_CUSTOMER = """
CREATE FUNCTION customer_balance_make() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customer_balance (customer_id, provider_id, funds_minor, receivable_minor, closed)
    SELECT id, provider_id, 0, 0, status = 'closed' FROM new_customer;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_has_balance AFTER INSERT ON customer
    REFERENCING NEW TABLE AS new_customer FOR EACH STATEMENT EXECUTE FUNCTION customer_balance_make();
"""

# A change of status takes the customer's lock, whoever makes it, and whoever holds the lock knows the status.
CLOSED_IS_KNOWN = """
CREATE FUNCTION customer_balance_knows_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customer_balance
    SET closed = changed.status = 'closed'
    FROM new_customer AS changed
    JOIN old_customer ON old_customer.id = changed.id
    WHERE customer_balance.customer_id = changed.id AND old_customer.status <> changed.status;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_balance_knows_closed AFTER UPDATE ON customer
    REFERENCING OLD TABLE AS old_customer NEW TABLE AS new_customer
    FOR EACH STATEMENT EXECUTE FUNCTION customer_balance_knows_closed();
"""

# Growing beyond the provider's limit is refused; a balance that was beyond it before may shrink. The planner knows nothing
# of transition tables and would nest them, so it may not: a chunk of 10,000 took seconds.
LARGEST_FUNDS = """
CREATE FUNCTION customer_balance_within_limit() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    beyond bigint;
BEGIN
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
CREATE TRIGGER customer_balance_within_limit AFTER UPDATE ON customer_balance
    REFERENCING OLD TABLE AS old_balance NEW TABLE AS new_balance
    FOR EACH STATEMENT EXECUTE FUNCTION customer_balance_within_limit();
"""

# Checked at commit: an entry has lines, and its debits equal its credits. A run books a handful of lines per chunk.
BALANCED = """
CREATE FUNCTION journal_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_entry bigint := CASE TG_TABLE_NAME WHEN 'journal_line' THEN (to_jsonb(NEW) ->> 'entry_id')::bigint
                                           ELSE (to_jsonb(NEW) ->> 'id')::bigint END;
    debit numeric;
    credit numeric;
BEGIN
    SELECT sum(debit_minor), sum(credit_minor) INTO debit, credit FROM journal_line WHERE entry_id = the_entry;
    IF debit IS NULL OR debit <> credit THEN
        RAISE EXCEPTION 'journal entry % does not balance: debit %, credit %', the_entry, debit, credit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balanced', TABLE = 'journal_entry';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER journal_entry_balanced AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_entry_balanced();
CREATE CONSTRAINT TRIGGER journal_line_balanced AFTER INSERT ON journal_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_entry_balanced();
"""

CURRENCY_FIXED = """
CREATE FUNCTION provider_currency_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM journal_entry WHERE provider_id = NEW.id) THEN
        RAISE EXCEPTION 'the currency of provider % is fixed since its first entry', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_currency_fixed', TABLE = 'provider';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER provider_currency_fixed BEFORE UPDATE ON provider FOR EACH ROW
    WHEN (OLD.currency <> NEW.currency OR OLD.currency_digits <> NEW.currency_digits)
    EXECUTE FUNCTION provider_currency_fixed();
"""


class Migration(migrations.Migration):
    """What holds the ledger together in the database itself."""

    dependencies = [("ledger", "0001_initial"), ("customers", "0002_guards"), ("kit", "0001_roles")]
    operations = [
        never_deleted("gl_code"),
        append_only("journal_entry"),
        append_only("journal_line"),
        never_deleted("customer_balance"),
        belongs_to("journal_line", "entry_id", "journal_entry"),
        belongs_to("journal_line", "gl_code_id", "gl_code"),
        belongs_to("customer_balance", "customer_id", "customer"),
        migrations.RunSQL(
            "ALTER TABLE customer_balance SET (fillfactor = 60)", "ALTER TABLE customer_balance RESET (fillfactor)"
        ),
        migrations.RunSQL(
            [BALANCE_FOR_EACH_CUSTOMER],
            "DROP TRIGGER customer_has_balance ON customer; DROP FUNCTION customer_balance_make()",
        ),
        migrations.RunSQL(
            [CLOSED_IS_KNOWN],
            "DROP TRIGGER customer_balance_knows_closed ON customer; DROP FUNCTION customer_balance_knows_closed()",
        ),
        migrations.RunSQL(
            [LARGEST_FUNDS],
            "DROP TRIGGER customer_balance_within_limit ON customer_balance; "
            "DROP FUNCTION customer_balance_within_limit()",
        ),
        migrations.RunSQL(
            [BALANCED],
            "DROP TRIGGER journal_entry_balanced ON journal_entry; DROP TRIGGER journal_line_balanced ON journal_line; "
            "DROP FUNCTION journal_entry_balanced()",
        ),
        migrations.RunSQL(
            [CURRENCY_FIXED],
            "DROP TRIGGER provider_currency_fixed ON provider; DROP FUNCTION provider_currency_fixed()",
        ),
    ]
