from django.db import migrations

# The same chart as runs.rules.TRANSITIONS; a test holds the two together.
CHART = """
CREATE OR REPLACE FUNCTION run_transition_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'preparing' THEN NEW.state IN ('draft', 'cancelled')
        WHEN 'draft' THEN NEW.state IN ('queued', 'cancelled')
        WHEN 'queued' THEN NEW.state IN ('running', 'stopped')
        WHEN 'running' THEN NEW.state IN ('stopping', 'finished', 'parked')
        WHEN 'stopping' THEN NEW.state IN ('stopped', 'finished', 'parked')
        WHEN 'stopped' THEN NEW.state IN ({from_rest})
        WHEN 'parked' THEN NEW.state IN ({from_rest})
        WHEN 'finished' THEN NEW.state IN ('queued')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'run % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'run_transition_known', TABLE = 'run';
    END IF;
    RETURN NEW;
END
$$
"""


class Migration(migrations.Migration):
    """The rest of a stopped or parked run can be given up, which finishes it."""

    dependencies = [("runs", "0005_asked_for_by_the_day")]
    operations = [
        migrations.RunSQL(
            [CHART.format(from_rest="'queued', 'finished'")],
            [CHART.format(from_rest="'queued'")],
        ),
    ]
