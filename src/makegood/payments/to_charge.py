"""What autopay takes on a day: SQL to build statements on."""

from makegood.kit.sql import compose_sql, load_sql


def to_charge_sql() -> str:
    """A query of the invoices that autopay takes; `provider` and `day` are its parameters."""
    return compose_sql(load_sql(__package__, "to_charge"))


def with_to_charge(name: str) -> str:
    """The named statement of this folder with the query in it."""
    return compose_sql(load_sql(__package__, name), to_charge=to_charge_sql())
