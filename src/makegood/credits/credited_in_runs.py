"""Which customers and orders a credit run has credited, for the filters of both lists."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from makegood.credits.credit_run_kind import CREDIT
from makegood.providers.models import Provider
from makegood.runs.models import Run, RunRow


class CreditedInRuns:
    """Registered with `makegood.orders.filters`. What became of the credit later does not matter.

    A row of a credit run is done exactly when it has its credit. So the rows of the run tell it, by their index of run
    and customer, and the credits need not be read.
    """

    def is_credit_run(self, provider: Provider, number: int) -> bool:
        """Whether the provider has a credit run of that number."""
        return Run.objects.filter(provider=provider, pk=number, kind=CREDIT).exists()

    def credited_customers(self, number: int) -> Exists:
        """The condition on a customer: credited in that run."""
        return Exists(_done_rows(number).filter(customer=OuterRef("pk")))

    def credited_orders(self, number: int) -> Exists:
        """The condition on an order: credited in that run, or its customer was where each customer got one credit."""
        of_its_customer = _done_rows(number).filter(customer=OuterRef("customer_id"))
        return Exists(of_its_customer.filter(Q(order=OuterRef("pk")) | Q(order=None)))


def _done_rows(number: int) -> QuerySet[RunRow]:
    cursor = Run.objects.filter(pk=number).values("cursor_customer_id")
    return RunRow.objects.filter(run=number, outcome=None, customer_id__lte=Subquery(cursor))
