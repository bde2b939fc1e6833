"""What a booking holds besides the customers' balances: nothing that decides about it changes meanwhile."""

from makegood.kit.sql import run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import GLCode
from makegood.providers.models import Provider


def hold_provider(provider_id: int) -> Provider:
    """The provider as it is now. Demands a transaction; switching billing off or changing a limit waits for it."""
    demand_transaction()
    return Provider.objects.raw("SELECT * FROM provider WHERE id = %s FOR SHARE", [provider_id])[0]


def hold_gl_code(gl_code_id: int) -> GLCode:
    """The GL code as it is now. Demands a transaction; deactivating it waits for it."""
    demand_transaction()
    return GLCode.objects.raw("SELECT * FROM gl_code WHERE id = %s FOR SHARE", [gl_code_id])[0]


def lock_what_is_given(provider_id: int) -> None:
    """Whoever adds up what the provider's staff has given waits for others who do. Demands a transaction.

    Taken after the lock of the run or the customer, by those only whom a limit of 24 hours may hold back.
    """
    demand_transaction()
    parameters = {"name": f"what provider {provider_id} gives within 24 hours"}
    run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", parameters)
