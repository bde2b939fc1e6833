from django.db import migrations

from makegood.kit.migration_operations import belongs_to, never_deleted

# The same chart as runs.rules.TRANSITIONS; a test holds the two together.
TRANSITIONS = """
CREATE FUNCTION run_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'preparing' THEN NEW.state IN ('draft', 'cancelled')
        WHEN 'draft' THEN NEW.state IN ('queued', 'cancelled')
        WHEN 'queued' THEN NEW.state IN ('running', 'stopped')
        WHEN 'running' THEN NEW.state IN ('stopping', 'finished', 'parked')
        WHEN 'stopping' THEN NEW.state IN ('stopped', 'finished', 'parked')
        WHEN 'stopped' THEN NEW.state IN ('queued')
        WHEN 'parked' THEN NEW.state IN ('queued')
        WHEN 'finished' THEN NEW.state IN ('queued')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'run % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'run_transition_known', TABLE = 'run';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER run_transition_known BEFORE UPDATE OF state ON run FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION run_transition_known();
"""


class Migration(migrations.Migration):
    """Runs and their rows stay; of a row only the outcome can change."""

    dependencies = [("runs", "0001_initial"), ("orders", "0002_guards")]
    operations = [
        never_deleted("run"),
        never_deleted("run_row"),
        migrations.RunSQL(
            "REVOKE UPDATE ON run_row FROM makegood_app; GRANT UPDATE (outcome) ON run_row TO makegood_app",
            "GRANT UPDATE ON run_row TO makegood_app",
        ),
        belongs_to("selection_item", "selection_id", "selection"),
        belongs_to("run", "selection_id", "selection"),
        belongs_to("run", "reverses_id", "run"),
        migrations.RunSQL(
            [TRANSITIONS], "DROP TRIGGER run_transition_known ON run; DROP FUNCTION run_transition_known()"
        ),
    ]
