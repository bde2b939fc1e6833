"""What customers' Available Funds are made of, for whoever looks ahead."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db.models import F

from makegood.credits.models import Credit
from makegood.invoices.outlook import Lot


def find_lots(customers: Collection[int]) -> Mapping[int, Sequence[Lot]]:
    """What remains of each credit of the customers; of each customer, what expires first comes first. One query."""
    credits = Credit.objects.filter(customer__in=customers, remaining_minor__gt=0)
    found: dict[int, list[Lot]] = defaultdict(list)
    rows = credits.order_by(F("expires_on").asc(nulls_last=True), "id")
    for customer, remaining_minor, expires_on in rows.values_list("customer_id", "remaining_minor", "expires_on"):
        found[customer].append(Lot(remaining_minor, expires_on))
    return found
