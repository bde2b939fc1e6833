from django.db import migrations

from makegood.kit.migration_operations import never_deleted

# Days follow each other, so that none is left out; what is finished stays as it is.
IN_ORDER = """
CREATE FUNCTION provider_day_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest date;
BEGIN
    SELECT max(day) INTO newest FROM provider_day WHERE provider_id = NEW.provider_id;
    IF newest IS NOT NULL AND NEW.day <> newest + 1 THEN
        RAISE EXCEPTION 'after % of provider % comes another day than %', newest, NEW.provider_id, NEW.day
            USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_day_follows', TABLE = 'provider_day';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER provider_day_follows BEFORE INSERT ON provider_day FOR EACH ROW EXECUTE FUNCTION provider_day_follows();
CREATE FUNCTION provider_day_stays_finished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'day % of provider % is finished', OLD.day, OLD.provider_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_day_stays_finished', TABLE = 'provider_day';
END
$$;
CREATE TRIGGER provider_day_stays_finished BEFORE UPDATE ON provider_day FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION provider_day_stays_finished();
REVOKE UPDATE ON provider_day FROM makegood_app;
GRANT UPDATE (step, did, failures, failed_step, failure, failed_at, finished_at) ON provider_day TO makegood_app;
"""
BACK = """
DROP TRIGGER provider_day_follows ON provider_day; DROP FUNCTION provider_day_follows();
DROP TRIGGER provider_day_stays_finished ON provider_day; DROP FUNCTION provider_day_stays_finished();
GRANT UPDATE ON provider_day TO makegood_app
"""


class Migration(migrations.Migration):
    """Each provider's day once, and in order."""

    dependencies = [("days", "0001_initial"), ("providers", "0004_day_reached")]
    operations = [never_deleted("provider_day"), migrations.RunSQL([IN_ORDER], BACK)]
