"""Whom autopay may charge before credits are there: known above, asked for by their rehearsal."""

_charged: list[str] = []
_NOBODY = "SELECT NULL::bigint AS customer_id, 0::bigint AS amount_minor WHERE false"


def register_charged(sql: str) -> None:
    """Says whom autopay is still to charge on a day; called when the application starts.

    sql: a query of customer_id and amount_minor for the customers of `asked`, with the parameters `provider` and `day`.
    """
    _charged[:] = [sql]


def charged_sql() -> str:
    """The query; of nobody where nothing is charged."""
    return _charged[0] if _charged else _NOBODY
