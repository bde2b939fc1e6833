from django.db import migrations

from makegood.kit.migration_operations import append_only, belongs_to, never_deleted

# One narrow row for each customer, made with the customer in the same statement; customers that are there get theirs now.
ACCOUNT_FOR_EACH_CUSTOMER = """
CREATE FUNCTION billing_account_make() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_account (customer_id, provider_id, cycle, billing_day)
    SELECT id, provider_id, 'monthly', 1 FROM new_customer;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_has_billing_account AFTER INSERT ON customer
    REFERENCING NEW TABLE AS new_customer FOR EACH STATEMENT EXECUTE FUNCTION billing_account_make();
INSERT INTO billing_account (customer_id, provider_id, cycle, billing_day)
SELECT id, provider_id, 'monthly', 1 FROM customer;
"""

# The same as invoices.rules.start_of_cycle and start_of_next_cycle; a test holds them together.
CYCLES = """
CREATE FUNCTION cycle_start(day date, billing_day integer) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN extract(day FROM day) >= billing_day
            OR date_trunc('month', day)::date <> date_trunc('month', day + 1)::date
        THEN least(
            date_trunc('month', day)::date + billing_day - 1,
            (date_trunc('month', day) + interval '1 month')::date - 1
        )
        ELSE least(
            (date_trunc('month', day) - interval '1 month')::date + billing_day - 1,
            date_trunc('month', day)::date - 1
        )
    END
$$;
CREATE FUNCTION cycle_end(day date, billing_day integer) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(
        (date_trunc('month', cycle_start(day, billing_day)) + interval '1 month')::date + billing_day - 1,
        (date_trunc('month', cycle_start(day, billing_day)) + interval '2 months')::date - 1
    )
$$;
"""

# The same chart as invoices.rules.TRANSITIONS; a test holds the two together. A number, once given, stays.
TRANSITIONS = """
CREATE FUNCTION invoice_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'draft' THEN NEW.state IN ('open', 'paid', 'void')
        WHEN 'open' THEN NEW.state IN ('paid', 'late', 'void', 'uncollectible')
        WHEN 'paid' THEN NEW.state IN ('open', 'late', 'void')
        WHEN 'late' THEN NEW.state IN ('paid', 'void', 'uncollectible')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'invoice % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_transition_known', TABLE = 'invoice';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER invoice_transition_known BEFORE UPDATE OF state ON invoice FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION invoice_transition_known();
CREATE FUNCTION invoice_number_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'invoice % keeps its number %', OLD.id, OLD.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_number_stays', TABLE = 'invoice';
END
$$;
CREATE TRIGGER invoice_number_stays BEFORE UPDATE OF number ON invoice FOR EACH ROW
    WHEN (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number) EXECUTE FUNCTION invoice_number_stays();
"""

# What was billed to whom, and for which days, is fixed; the rest moves with the entries.
BILLED_IS_FIXED = """
REVOKE UPDATE ON invoice FROM makegood_app;
GRANT UPDATE (
    number, state, issued_at, issued_on, due_on, collect_on, late_on, settled_on, reminders_sent,
    used_minor, paid_minor, written_off_minor, voided_minor, to_funds_minor
) ON invoice TO makegood_app;
REVOKE UPDATE ON charge FROM makegood_app;
GRANT UPDATE (state, cancelled_by_id, cancelled_at) ON charge TO makegood_app;
REVOKE UPDATE ON order_adjustment FROM makegood_app;
GRANT UPDATE (until_on) ON order_adjustment TO makegood_app;
"""

# Gross or net prices: the first issued invoice decides for good.
PRICES_FIXED = """
CREATE FUNCTION billing_settings_tax_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM invoice WHERE provider_id = NEW.provider_id AND number IS NOT NULL) THEN
        RAISE EXCEPTION 'whether the prices of provider % include tax is fixed since its first invoice', NEW.provider_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_settings_tax_fixed', TABLE = 'billing_settings';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER billing_settings_tax_fixed BEFORE UPDATE ON billing_settings FOR EACH ROW
    WHEN (OLD.prices_include_tax <> NEW.prices_include_tax) EXECUTE FUNCTION billing_settings_tax_fixed();
"""


class Migration(migrations.Migration):
    """What holds invoices together in the database itself."""

    dependencies = [
        ("invoices", "0001_initial"),
        ("ledger", "0004_closed_months"),
        ("runs", "0005_asked_for_by_the_day"),
        ("orders", "0004_suspended_late"),
        ("transaction_templates", "0002_guards"),
    ]
    operations = [
        never_deleted("invoice"),
        append_only("invoice_line"),
        append_only("invoice_tax"),
        append_only("receivable_entry"),
        append_only("invoice_run"),
        append_only("charge_run"),
        never_deleted("charge"),
        never_deleted("order_adjustment"),
        never_deleted("billing_settings"),
        never_deleted("billing_account"),
        never_deleted("order_billing"),
        never_deleted("invoice_counter"),
        belongs_to("invoice_run", "run_id", "run"),
        belongs_to("charge_run", "run_id", "run"),
        belongs_to("charge_run", "gl_code_id", "gl_code"),
        belongs_to("charge_run", "template_id", "transaction_template"),
        belongs_to("order_adjustment", "customer_id", "customer"),
        belongs_to("order_adjustment", "order_id", "customer_order"),
        belongs_to("order_adjustment", "template_id", "transaction_template"),
        belongs_to("order_adjustment", "gl_code_id", "gl_code"),
        belongs_to("billing_account", "customer_id", "customer"),
        belongs_to("billing_settings", "tax_gl_code_id", "gl_code"),
        belongs_to("billing_settings", "late_fee_gl_code_id", "gl_code"),
        belongs_to("billing_settings", "write_off_gl_code_id", "gl_code"),
        belongs_to("billing_settings", "charge_gl_code_id", "gl_code"),
        migrations.RunSQL(
            [ACCOUNT_FOR_EACH_CUSTOMER],
            "DROP TRIGGER customer_has_billing_account ON customer; DROP FUNCTION billing_account_make()",
        ),
        migrations.RunSQL([CYCLES], "DROP FUNCTION cycle_end(date, integer); DROP FUNCTION cycle_start(date, integer)"),
        migrations.RunSQL(
            [TRANSITIONS],
            "DROP TRIGGER invoice_transition_known ON invoice; DROP FUNCTION invoice_transition_known(); "
            "DROP TRIGGER invoice_number_stays ON invoice; DROP FUNCTION invoice_number_stays()",
        ),
        migrations.RunSQL(
            [BILLED_IS_FIXED],
            "GRANT UPDATE ON invoice TO makegood_app; GRANT UPDATE ON charge TO makegood_app; "
            "GRANT UPDATE ON order_adjustment TO makegood_app",
        ),
        migrations.RunSQL(
            [PRICES_FIXED],
            "DROP TRIGGER billing_settings_tax_fixed ON billing_settings; DROP FUNCTION billing_settings_tax_fixed()",
        ),
    ]
