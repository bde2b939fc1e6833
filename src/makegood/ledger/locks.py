"""The locks of money writes: first the provider's books, shared; then customers, by their balance rows, ascending."""

from collections.abc import Sequence
from datetime import date

from makegood.kit.sql import load_sql, run_sql
from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import CustomerBalance, GLCode
from makegood.providers.calendar import today_of
from makegood.providers.locks import hold_provider
from makegood.providers.models import Provider


def lock_customers(provider_id: int, customer_ids: Sequence[int]) -> list[CustomerBalance]:
    """Locks the customers for a change of their money or status until the transaction ends; waits for others.

    Demands a transaction. Returns the balances as they are under the lock, ascending by customer.
    """
    demand_transaction()
    rows = CustomerBalance.objects.select_for_update(no_key=True).filter(
        provider_id=provider_id, customer_id__in=customer_ids
    )
    return list(rows.order_by("customer_id"))


def lock_balances(provider_id: int, customer_ids: Sequence[int]) -> None:
    """As `lock_customers`, for many customers whose balances nobody needs to see here. Demands a transaction."""
    demand_transaction()
    statement = load_sql(__package__, "lock_balances")
    run_sql(statement, {"provider": provider_id, "customers": list(customer_ids)})


def hold_books(provider: Provider) -> date:
    """The provider's day, which a booking is dated with; until the transaction ends no month can be closed.

    Demands a transaction. The first lock of every money write, before those of customers: who waits for a closing holds
    nothing that the closing waits for.
    """
    demand_transaction()
    run_sql(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended(%(name)s, 0)), "
        "set_config('makegood.books_held', %(provider)s, true)",
        {**_name_of_books(provider), "provider": str(provider.pk)},
    )
    # Read again: the day may have begun since the provider was loaded. Held before the customers, as by everybody.
    provider.day_reached = hold_provider(provider.pk).day_reached
    return today_of(provider)


def demand_books(provider_id: int) -> None:
    """Raises unless the transaction holds the provider's books: else a month could be closed under what it books."""
    held = run_sql("SELECT current_setting('makegood.books_held', true) AS provider")[0]["provider"]
    if held != str(provider_id):
        raise RuntimeError(f"Bookings of provider {provider_id} need its books; hold_books comes first.")


def hold_books_alone(provider: Provider) -> None:
    """Waits for all money writes of the provider and lets none begin until the transaction ends. Demands one."""
    demand_transaction()
    run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", _name_of_books(provider))


def hold_gl_code(gl_code_id: int) -> GLCode:
    """The GL code as it is now. Demands a transaction; deactivating it waits for it."""
    demand_transaction()
    return GLCode.objects.raw("SELECT * FROM gl_code WHERE id = %s FOR SHARE", [gl_code_id])[0]


def _name_of_books(provider: Provider) -> dict[str, str]:
    return {"name": f"books of provider {provider.pk}"}


def allow_any_funds() -> None:
    """Lets Available Funds grow beyond the provider's limit until the transaction ends. Demands a transaction.

    For what comes back to a customer and what the customer has paid; the limit holds back who gives.
    """
    demand_transaction()
    run_sql("SELECT set_config('makegood.funds_without_limit', 'yes', true)")
