"""Records of a list, of which only those on the page are read in full."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet, UniqueConstraint

from makegood.providers.models import Provider

READ_AT_ONCE = 2000
WithColumns = Callable[[QuerySet[Any]], QuerySet[Any, Any]]


class ListRecords:
    """What `django_tables2` takes for a queryset. A page is found by keys alone, then its rows are read by them.

    So a page far down, or sorted by what no index gives, costs nothing for the columns of the rows it skips.
    """

    def __init__(
        self,
        records: QuerySet[Any, Any],
        provider: Provider,
        with_columns: WithColumns,
        figures_of: Sequence[str] = (),
        *,
        is_whole: bool = False,
    ) -> None:
        """figures_of: relations that every record has, whose table has the provider too.
        is_whole: the records are all that the provider has; nothing is filtered.
        """
        self.records = records
        self.model: type[Model] = records.model
        self.query = records.query
        self._provider = provider
        self._with_columns = with_columns
        self._figures_of = figures_of
        self._is_whole = is_whole
        self._keys_in_order: QuerySet[Any, Any] | None = None

    def count(self) -> int:
        return self.records.count()

    def count_up_to(self, most: int) -> int:
        """The number of records, but `most + 1` if there are more than `most`."""
        return self.records.order_by()[: most + 1].count()

    def order_by(self, *names: str) -> "ListRecords":
        """Sorted by these fields, and by the key where they do not tell all records apart: pages must not overlap."""
        records = self.records
        relation = names[0].lstrip("-").rpartition("__")[0]
        if relation in self._figures_of:
            if self._is_whole and self.model._meta.get_field(relation).one_to_one:
                return self._by_figures_alone(relation, names)
            # Said of the other table too, its index that begins with the provider gives the order.
            records = records.filter(**{f"{relation}__provider": self._provider})
        if len(names) == 1 and not self._is_unique(names[0].lstrip("-")):
            names = (names[0], "-pk" if names[0].startswith("-") else "pk")
        return ListRecords(records.order_by(*names), self._provider, self._with_columns, self._figures_of)

    def _by_figures_alone(self, relation: str, names: Sequence[str]) -> "ListRecords":
        """Of all records, the other table alone knows the order: it has the same keys, and nothing is joined.

        So a figure that has no index, because it changes with every credit, is sorted by in one walk over narrow rows.
        """
        figures: Any = self.model._meta.get_field(relation).related_model
        of_provider = figures._default_manager.filter(provider=self._provider)
        by_figures = of_provider.order_by(*(name.replace(f"{relation}__", "", 1) for name in names))
        found = ListRecords(self.records, self._provider, self._with_columns)
        found._keys_in_order = by_figures.values_list("pk", flat=True)
        return found

    def _is_unique(self, name: str) -> bool:
        fields = [{"provider", name}, {name}]
        unique = (constraint for constraint in self.model._meta.constraints if isinstance(constraint, UniqueConstraint))
        return name in ("pk", "id") or any(set(each.fields) in fields and not each.condition for each in unique)

    def __getitem__(self, rows: slice) -> list[Any]:
        return self._read_in_full(list(self._keys()[rows]))

    def read_all(self) -> Iterator[Any]:
        """All of them in full, one after the other, without holding them all."""
        keys = self._keys().iterator(chunk_size=READ_AT_ONCE)
        while some := list(islice(keys, READ_AT_ONCE)):
            yield from self._read_in_full(some)

    def _keys(self) -> QuerySet[Any, Any]:
        return self.records.values_list("pk", flat=True) if self._keys_in_order is None else self._keys_in_order

    def _read_in_full(self, keys: list[Any]) -> list[Any]:
        """In the order of the keys."""
        in_full = {record.pk: record for record in self._with_columns(self.model._default_manager.filter(pk__in=keys))}
        return [in_full[key] for key in keys if key in in_full]
