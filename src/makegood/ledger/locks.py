"""The customer's lock is its balance row. Always taken first, always ascending by customer."""

from collections.abc import Sequence

from makegood.kit.transactions import demand_transaction
from makegood.ledger.models import CustomerBalance


def lock_customers(provider_id: int, customer_ids: Sequence[int]) -> list[CustomerBalance]:
    """Locks the customers for a change of their money or status until the transaction ends; waits for others.

    Demands a transaction. Returns the balances as they are under the lock, ascending by customer.
    """
    demand_transaction()
    rows = CustomerBalance.objects.select_for_update(no_key=True).filter(
        provider_id=provider_id, customer_id__in=customer_ids
    )
    return list(rows.order_by("customer_id"))
