"""From a selection to the SQL of the records that it means now."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from makegood.orders.filters import filter_records
from makegood.runs.models import Run, Selection


def selected_records(selection: Selection) -> QuerySet[Any]:
    """The customers or orders that the selection means at this moment."""
    records = filter_records(selection.provider, selection.list_name, selection.filter)
    items = selection.items.values("record_id")
    if selection.mode == Selection.Mode.LISTED:
        return records.filter(pk__in=items)
    return records.exclude(pk__in=items)


def selected_sql(selection: Selection, unit: str) -> str:
    """A query without parameters that yields ``customer_id, order_id``, once for each unit (customer or order)."""
    records = selected_records(selection)
    try:
        return _unit_sql(selection.list_name, unit, records)
    except EmptyResultSet:
        # The filter cannot match anything, such as a number beyond every number that fits.
        return "SELECT NULL::bigint AS customer_id, NULL::bigint AS order_id WHERE false"


def _unit_sql(list_name: str, unit: str, records: QuerySet[Any]) -> str:
    if list_name == Selection.List.CUSTOMERS:
        sql, parameters = records.values_list("pk").query.sql_with_params()
        return (
            f"SELECT customer_id, NULL::bigint AS order_id FROM ({_compose(sql, parameters)}) AS chosen (customer_id)"
        )
    if unit == Run.Unit.CUSTOMER:
        sql, parameters = records.values_list("customer_id").query.sql_with_params()
        return (
            "SELECT DISTINCT customer_id, NULL::bigint AS order_id "
            f"FROM ({_compose(sql, parameters)}) AS chosen (customer_id)"
        )
    sql, parameters = records.values_list("customer_id", "pk").query.sql_with_params()
    return f"SELECT customer_id, order_id FROM ({_compose(sql, parameters)}) AS chosen (customer_id, order_id)"


def _compose(sql: str, parameters: tuple[Any, ...]) -> str:
    """The query with its parameters quoted into it by the driver, safe to stand inside a statement with parameters."""
    with connection.cursor() as cursor:
        composed: str = cursor.mogrify(sql, parameters)
    return composed.replace("%", "%%")
