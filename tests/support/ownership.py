"""Working as the owner of the tables, as nobody does in operation: to break what tests need broken."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from makegood.config.environment import APPLICATION_ROLE
from makegood.customers.models import Customer
from makegood.kit.sql import run_sql

BREAK = """
CREATE FUNCTION break_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('makegood_test.broken_customers', true) <> ''
        AND EXISTS (
            SELECT FROM new_balance
            WHERE customer_id::text = ANY (
                string_to_array(current_setting('makegood_test.broken_customers', true), ',')
            )
        )
    THEN
        RAISE EXCEPTION 'broken by a test' USING ERRCODE = current_setting('makegood_test.sqlstate');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER break_booking AFTER UPDATE ON customer_balance
    REFERENCING NEW TABLE AS new_balance FOR EACH STATEMENT EXECUTE FUNCTION break_booking();
"""


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside the block, statements run as the owner of the tables."""
    run_sql("SET ROLE NONE")
    yield
    run_sql(f"SET ROLE {APPLICATION_ROLE}")


def break_booking(customers: Sequence[Customer], sqlstate: str) -> None:
    """From now on, a statement of this connection that books for one of the customers fails with the SQLSTATE."""
    if not run_sql("SELECT 1 AS one FROM pg_trigger WHERE tgname = 'break_booking'"):
        with as_owner():
            run_sql(BREAK)
    broken = ",".join(str(customer.pk) for customer in customers)
    run_sql("SELECT set_config('makegood_test.broken_customers', %(broken)s, false)", {"broken": broken})
    run_sql("SELECT set_config('makegood_test.sqlstate', %(sqlstate)s, false)", {"sqlstate": sqlstate})


def mend_booking() -> None:
    """Everybody can be booked for again."""
    run_sql("SELECT set_config('makegood_test.broken_customers', '', false)")
