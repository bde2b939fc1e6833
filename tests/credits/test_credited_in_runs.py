"""The filters of both lists about who was credited in a run."""

from collections.abc import Callable

import pytest

from makegood.kit.refusal import Refused
from makegood.orders.filters import filter_records
from makegood.providers.models import Membership
from makegood.runs.models import Run
from tests.support import records
from tests.support.answers import CommandLine, Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def clerk() -> Membership:
    """A billing clerk; C1 and C2 have two orders each in Springfield, S1 one in Shelbyville."""
    north = records.add_provider()
    records.add_customers(north, 2, orders_each=2)
    records.add_customers(north, 1, prefix="S", area="Shelbyville")
    return records.add_person(north)


def find(clerk: Membership, list_name: str, **values: object) -> list[str]:
    asked = {name: [str(value)] for name, value in values.items()}
    found = filter_records(clerk.provider, list_name, asked)
    return sorted(found.values_list("number", flat=True))


def refused(clerk: Membership, list_name: str, **values: object) -> str:
    with pytest.raises(Refused) as refusal:
        find(clerk, list_name, **values)
    return refusal.value.message


def test_who_was_credited_and_who_was_not(clerk: Membership, assert_verified: Verified) -> None:
    run = records.credit(clerk, filter={"number": ["C1", "S1"]})
    assert find(clerk, "customers", credited_in=run.pk) == ["C1", "S1"]
    assert find(clerk, "customers", not_credited_in=run.pk) == ["C2"]
    assert find(clerk, "customers", credited_in=run.pk, area="Shelbyville") == ["S1"]
    assert_verified()


def test_where_each_customer_got_one_credit_all_their_orders_match(clerk: Membership) -> None:
    run = records.credit(clerk, filter={"number": ["C1"]})
    assert find(clerk, "orders", credited_in=run.pk) == ["C1-1", "C1-2"]
    assert find(clerk, "orders", not_credited_in=run.pk) == ["C2-1", "C2-2", "S1-1"]


def test_where_each_order_got_one_only_those_orders_match(clerk: Membership) -> None:
    run = records.credit(clerk, list_name="orders", per="order", filter={"number": ["C1-2", "S1-1"]})
    assert find(clerk, "orders", credited_in=run.pk) == ["C1-2", "S1-1"]
    assert find(clerk, "orders", not_credited_in=run.pk) == ["C1-1", "C2-1", "C2-2"]
    assert find(clerk, "customers", credited_in=run.pk) == ["C1", "S1"]


def test_a_credit_that_was_taken_back_was_given_all_the_same(clerk: Membership) -> None:
    run = records.credit(clerk, filter={"number": ["C1"]})
    records.take_back(clerk, run)
    assert find(clerk, "customers", credited_in=run.pk) == ["C1"]


def test_in_a_draft_nobody_is_credited_yet(clerk: Membership) -> None:
    run = records.draft_credit(clerk)
    assert find(clerk, "customers", credited_in=run.pk) == []
    assert find(clerk, "customers", not_credited_in=run.pk) == ["C1", "C2", "S1"]


def make_run_of_another_provider(clerk: Membership) -> Run:
    south = records.add_person(records.add_provider("south"))
    records.add_customers(south.provider, 1)
    return records.credit(south)


def make_take_back(clerk: Membership) -> Run:
    return records.take_back(clerk, records.credit(clerk))


@pytest.mark.parametrize("make", [make_run_of_another_provider, make_take_back])
@pytest.mark.parametrize("name", ["credited_in", "not_credited_in"])
def test_what_is_no_credit_run_of_the_provider_is_unknown(
    clerk: Membership, make: Callable[[Membership], Run], name: str
) -> None:
    run = make(clerk)
    for list_name in ("customers", "orders"):
        assert refused(clerk, list_name, **{name: run.pk}) == f"North has no credit run {run.pk}."


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "9" * 30, "1; DROP"])
def test_what_is_no_number_cannot_be_used(clerk: Membership, value: str) -> None:
    assert "The filter credited_in cannot be used" in refused(clerk, "customers", credited_in=value)


def test_only_one_run_can_be_named(clerk: Membership) -> None:
    run = records.credit(clerk)
    with pytest.raises(Refused, match="takes one value"):
        filter_records(clerk.provider, "customers", {"credited_in": [str(run.pk), str(run.pk)]})


def test_the_rest_of_an_area_can_be_credited_in_a_second_run(clerk: Membership, assert_verified: Verified) -> None:
    first = records.credit(clerk, filter={"number": ["C1"]})
    second = records.credit(clerk, filter={"area": ["Springfield"], "not_credited_in": [str(first.pk)]})
    assert records.outcomes(second) == {"C2": "credited"}
    assert_verified()


def test_the_command_line_knows_them(clerk: Membership, makegood_cli: CommandLine) -> None:
    run = records.credit(clerk, filter={"number": ["C1"]})
    answer = makegood_cli("customers", "list", "--provider", "north", "--filter", f"credited_in={run.pk}")
    assert "C1" in answer.stdout
    assert "C2" not in answer.stdout
    unknown = makegood_cli("customers", "list", "--provider", "north", "--filter", "credited_in=999999")
    assert (unknown.returncode, "North has no credit run 999999." in unknown.stderr) == (2, True)
