"""Imports beside other imports, and beside people who work on the same customers."""

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import psycopg
import pytest

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.imports import staging
from makegood.imports.map import parse_map
from makegood.imports.report import ImportReport
from makegood.imports.services import import_file
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Provider
from tests.imports.plain import ANNA, BEN, HEADER, PLAIN_MAP
from tests.support import records
from tests.support.answers import Verified
from tests.support.together import at_once

Import = Callable[[], ImportReport]


@pytest.fixture
def provider(committed_db: dict[str, str]) -> Provider:
    return records.add_provider("north")


@pytest.fixture
def import_rows(provider: Provider, tmp_path: Path) -> Callable[..., Import]:
    """An import of the rows, to be carried out later."""

    def prepare(*rows: str) -> Import:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        path.write_text("\n".join((HEADER, *rows, "")))
        import_map = parse_map(PLAIN_MAP.encode(), "test.toml")
        return lambda: import_file(provider=provider, path=path, import_map=import_map)

    return prepare


def test_the_same_file_five_times_at_once_comes_in_once(
    import_rows: Callable[..., Import], assert_verified: Verified
) -> None:
    rows = [ANNA.replace("C1", f"C{number}") for number in range(500)]
    reports = at_once(*[import_rows(*rows)] * 5)
    added = [report.customers.added for report in reports if isinstance(report, ImportReport)]
    assert sorted(added) == [0, 0, 0, 0, 500]
    assert Order.objects.count() == 500
    assert_verified()


def test_customers_closed_by_hand_while_they_are_imported(
    import_rows: Callable[..., Import], provider: Provider, assert_verified: Verified
) -> None:
    rows = [ANNA.replace("C1", f"C{number}") for number in range(200)]
    import_rows(*rows)()
    customers = list(Customer.objects.all())

    def close_all() -> None:
        for customer in customers:
            close_customer(customer=customer, staff_id=None)

    at_once(import_rows(*[row.replace("Anna", "Hannah") for row in rows]), close_all)
    import_rows(*rows)()
    assert {customer.name for customer in Customer.objects.all()} == {"Anna"}
    assert_verified()


def test_an_import_waits_for_who_holds_a_customer_but_not_for_ever(
    import_rows: Callable[..., Import],
    provider: Provider,
    committed_db: dict[str, str],
    assert_verified: Verified,
) -> None:
    import_rows(ANNA, BEN)()
    anna = get_customer(provider, "C1")
    with psycopg.connect(committed_db["DATABASE_URL"]) as somebody:
        somebody.execute("SELECT FROM customer_balance WHERE customer_id = %s FOR UPDATE", [anna.pk])
        # Who is not changed is not waited for.
        assert import_rows(ANNA, BEN.replace("Ben", "Benjamin"))().customers.updated == 1
        with mock.patch.object(staging, "LONGEST_WAIT", "200ms"), pytest.raises(Refused) as refused:
            import_rows(ANNA.replace("Anna", "Hannah"))()
        somebody.rollback()
    assert refused.value.code == "import_waits"
    assert get_customer(provider, "C1").name == "Anna"
    assert_verified()
