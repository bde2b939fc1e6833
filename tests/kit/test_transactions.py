"""Services that are part of a larger change insist on it; reports are read as of one moment."""

import psycopg
import pytest
from django.db import DatabaseError, transaction

from makegood.kit.transactions import demand_transaction, one_snapshot, opens_transaction
from makegood.providers.models import Provider
from tests.support.records import add_provider


def test_outside_a_transaction_they_do_not_work(committed_db: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="needs an open transaction"):
        demand_transaction()
    with opens_transaction():
        demand_transaction()


def test_a_service_that_opens_the_transaction_is_never_part_of_another(committed_db: dict[str, str]) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), opens_transaction():
        pass


def test_a_snapshot_does_not_see_what_is_written_meanwhile(committed_db: dict[str, str]) -> None:
    north = add_provider()
    with one_snapshot(), psycopg.connect(committed_db["DATABASE_URL"]) as somebody:
        before = Provider.objects.get(pk=north.pk).name
        somebody.execute("UPDATE provider SET name = 'Elsewhere'")
        somebody.commit()
        assert Provider.objects.get(pk=north.pk).name == before
        with one_snapshot():
            assert Provider.objects.get(pk=north.pk).name == before
    assert Provider.objects.get(pk=north.pk).name == "Elsewhere"


def test_nothing_is_written_in_a_snapshot(committed_db: dict[str, str]) -> None:
    add_provider()
    with pytest.raises(DatabaseError, match="read-only"), one_snapshot():
        Provider.objects.update(name="Elsewhere")
