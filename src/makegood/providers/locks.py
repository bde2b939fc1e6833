"""What a booking holds of its provider: nothing that decides about it changes meanwhile."""

from makegood.kit.transactions import demand_transaction
from makegood.providers.models import Provider


def hold_provider(provider_id: int) -> Provider:
    """The provider as it is now. Demands a transaction; switching billing off or changing a limit waits for it."""
    demand_transaction()
    return Provider.objects.raw("SELECT * FROM provider WHERE id = %s FOR SHARE", [provider_id])[0]
