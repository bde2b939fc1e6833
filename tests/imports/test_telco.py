"""The real customer export, and a generated file of the same shape."""

from collections import Counter
from pathlib import Path

import pytest

from makegood.customers.models import Customer
from makegood.imports.map import load_map
from makegood.imports.services import import_file
from makegood.orders.filters import filter_records
from makegood.orders.models import Order, Service
from makegood.providers.models import Provider
from tests.imports.plain import count
from tests.support import telco
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

FILES = ["generated", *(["real"] if telco.REAL_FILE.exists() else [])]


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "real":
        return telco.REAL_FILE
    return telco.write_like_telco(tmp_path / "telco.csv")


def test_the_telco_file_comes_in_whole_and_a_second_time_changes_nothing(
    north: Provider, file: Path, assert_verified: Verified
) -> None:
    first, second = (
        import_file(provider=north, path=file, import_map=load_map(telco.MAP)) for _ in ("first", "second")
    )
    assert count(first) == {"customers": (7_043, 0, 0), "orders": (7_043, 0, 0)}
    assert count(second) == {"customers": (0, 0, 7_043), "orders": (0, 0, 7_043)}
    assert Counter(Customer.objects.values_list("status", flat=True)) == {"active": 5_174, "closed": 1_869}
    assert Counter(Order.objects.values_list("status", flat=True)) == {"active": 5_174, "terminated": 1_869}
    assert not Customer.objects.filter(email="").exists()
    assert set(Service.objects.values_list("name", "gl_code__code")) == {
        ("DSL", "4000"), ("Fiber optic", "4000"), ("Phone", "4010"),
    }  # fmt: skip
    san_diego = filter_records(north, "customers", {"area": ["San Diego"]})
    assert Counter(san_diego.values_list("status", flat=True)) == {"active": 100, "closed": 50}
    assert_verified()
