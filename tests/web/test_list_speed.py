"""What lists do to be quick changes nothing in what they show."""

from typing import Any

import pytest

from makegood.customers.models import Customer
from makegood.orders.models import Order
from makegood.orders.selectors import with_list_columns
from makegood.payments.selectors_methods import with_default_method
from makegood.providers.models import Provider
from makegood.web.customers.table import CustomerTable
from makegood.web.frame.list_cells import make_rows
from makegood.web.frame.list_columns import ListTable
from makegood.web.frame.list_kind import is_sortable
from makegood.web.frame.list_records import ListRecords
from makegood.web.orders.table import OrderTable
from tests.support import records


def add_more(north: Provider) -> None:
    """Customers of another provider with other figures, and somebody of north with Available Funds."""
    customer = Customer.objects.get(provider=north, number="N-2")
    records.credit(records.add_person(north), customers=[customer], amount_minor=1250)
    south = records.add_provider("south")
    records.credit(records.add_person(south), customers=[records.add_customer(south)], amount_minor=99)


@pytest.mark.parametrize("table_class", [CustomerTable, OrderTable])
def test_cells_are_those_of_the_table(north: Provider, table_class: type[ListTable]) -> None:
    add_more(north)
    customers = with_default_method(with_list_columns(Customer.objects.all()))
    found: list[Any] = list(customers if table_class is CustomerTable else Order.objects.all())
    table = table_class(found, north)
    cells = [[str(content) for _, content in row.cells] for row in make_rows(table, found)]
    assert cells == [[str(row.get_cell(column.name)) for column in table.columns] for row in table.rows]
    assert len(cells) > 3


@pytest.mark.parametrize("table_class", [CustomerTable, OrderTable])
def test_each_sorting_is_the_same_with_and_without_a_filter(north: Provider, table_class: type[ListTable]) -> None:
    add_more(north)
    model = Customer if table_class is CustomerTable else Order
    of_north = model._default_manager.filter(provider=north)
    sorts = [name for name in table_class.base_columns if is_sortable(table_class, name)]
    for sort in [*sorts, *(f"-{name}" for name in sorts)]:
        shown = []
        for is_whole in (True, False):
            found = ListRecords(of_north, north, lambda each: each, table_class.figures_of, is_whole=is_whole)
            table = table_class(found, north, order_by=sort)
            shown.append([record.pk for record in table.data.data.read_all()])
            assert shown[-1] == [record.pk for record in table.data.data[0:50]]
        column = table_class.base_columns[sort.removeprefix("-")]
        names = [f"-{name}" if sort.startswith("-") else name for name in column.order_by or (sort.removeprefix("-"),)]
        assert shown[0] == shown[1] == list(of_north.order_by(*names).values_list("pk", flat=True))
