"""Services that are part of a larger change insist on it."""

import pytest
from django.db import transaction

from makegood.kit.transactions import demand_transaction, opens_transaction


def test_outside_a_transaction_they_do_not_work(committed_db: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="needs an open transaction"):
        demand_transaction()
    with opens_transaction():
        demand_transaction()


def test_a_service_that_opens_the_transaction_is_never_part_of_another(committed_db: dict[str, str]) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), opens_transaction():
        pass
