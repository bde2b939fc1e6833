"""Records of a list, of which only those on the page are read in full."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet

from makegood.providers.models import Provider

READ_AT_ONCE = 2000
WithColumns = Callable[[QuerySet[Any]], QuerySet[Any, Any]]


class ListRecords:
    """What `django_tables2` takes for a queryset. A page is found by keys alone, then its rows are read by them.

    So a page far down, or sorted by what no index gives, costs nothing for the columns of the rows it skips.
    """

    def __init__(self, records: QuerySet[Any, Any], provider: Provider, with_columns: WithColumns) -> None:
        self.records = records
        self.model: type[Model] = records.model
        self.query = records.query
        self._provider = provider
        self._with_columns = with_columns

    def count(self) -> int:
        return self.records.count()

    def count_up_to(self, most: int) -> int:
        """The number of records, but `most + 1` if there are more than `most`."""
        return self.records.order_by()[: most + 1].count()

    def order_by(self, *names: str) -> "ListRecords":
        records = self.records
        relation = names[0].lstrip("-").rpartition("__")[0]
        if relation:
            # Said of the other table too, its index by provider and figure gives the order.
            records = records.filter(**{f"{relation}__provider": self._provider})
        return ListRecords(records.order_by(*names), self._provider, self._with_columns)

    def __getitem__(self, rows: slice) -> list[Any]:
        return self._read_in_full(list(self._keys()[rows]))

    def read_all(self) -> Iterator[Any]:
        """All of them in full, one after the other, without holding them all."""
        keys = self._keys().iterator(chunk_size=READ_AT_ONCE)
        while some := list(islice(keys, READ_AT_ONCE)):
            yield from self._read_in_full(some)

    def _keys(self) -> QuerySet[Any, Any]:
        return self.records.values_list("pk", flat=True)

    def _read_in_full(self, keys: list[Any]) -> list[Any]:
        """In the order of the keys."""
        in_full = {record.pk: record for record in self._with_columns(self.model._default_manager.filter(pk__in=keys))}
        return [in_full[key] for key in keys if key in in_full]
