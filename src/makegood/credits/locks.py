"""What a booking of credits holds besides the customers' balances and what decides about every booking."""

from makegood.kit.sql import run_sql
from makegood.kit.transactions import demand_transaction


def lock_what_is_given(provider_id: int) -> None:
    """Whoever adds up what the provider's staff has given waits for others who do. Demands a transaction.

    Taken after the lock of the run or the customer, by those only whom a limit of 24 hours may hold back.
    """
    demand_transaction()
    parameters = {"name": f"what provider {provider_id} gives within 24 hours"}
    run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", parameters)
