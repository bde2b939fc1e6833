"""What a person has selected on a list: ticks, all that match, and the copy that a run works with."""

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from makegood.customers.models import Customer
from makegood.customers.services import edit_customer
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.providers.models import Membership
from makegood.runs.models import Selection, SelectionItem
from makegood.runs.selectors import (
    count_selected,
    count_selected_customers,
    describe_selection,
    find_current_selection,
    find_selected_among,
    list_exceptions,
)
from makegood.runs.services.select import Ticked, clear_selection, copy_selection, select_all_matching
from makegood.runs.services.select import tick as tick_on
from tests.support import records

pytestmark = pytest.mark.sql


@pytest.fixture
def clerk(db: None) -> Membership:
    """A billing clerk of a provider with C1 to C10 in Springfield, and S1 to S3 with two orders each in Shelbyville."""
    north = records.add_provider()
    records.add_customers(north, 10)
    records.add_customers(north, 3, prefix="S", area="Shelbyville", orders_each=2)
    return records.add_person(north)


def ids(*numbers: str) -> list[int]:
    found = dict(Customer.objects.filter(number__in=numbers).values_list("number", "pk"))
    return [found[number] for number in numbers]


def tick(clerk: Membership, *numbers: str, on: bool = True) -> Ticked:
    return tick_on(membership=clerk, list_name="customers", record_ids=ids(*numbers), on=on)


def select_all(clerk: Membership, list_name: str = "customers", **values: str) -> Ticked:
    filter_values = {name: [value] for name, value in values.items()}
    return select_all_matching(membership=clerk, list_name=list_name, values=filter_values)


def current(clerk: Membership, list_name: str = "customers") -> Selection:
    selection = find_current_selection(clerk, list_name)
    assert selection is not None
    return selection


def numbers_selected(clerk: Membership) -> set[str]:
    everybody = list(Customer.objects.values_list("pk", flat=True))
    selected = find_selected_among(current(clerk), everybody)
    return set(Customer.objects.filter(pk__in=selected).values_list("number", flat=True))


class TestTicks:
    def test_nothing_is_selected_at_first(self, clerk: Membership) -> None:
        assert find_current_selection(clerk, "customers") is None

    def test_ticks_add_up_and_can_be_taken_back(self, clerk: Membership) -> None:
        tick(clerk, "C1", "C2")
        tick(clerk, "S1", "C2")
        tick(clerk, "C1", on=False)
        assert numbers_selected(clerk) == {"C2", "S1"}
        assert describe_selection(current(clerk)) == ["C2", "S1"]
        assert list_exceptions(current(clerk)) == []

    def test_taking_back_the_last_tick_leaves_nothing(self, clerk: Membership) -> None:
        tick(clerk, "C1")
        tick(clerk, "C1", "C7", on=False)
        assert find_current_selection(clerk, "customers") is None

    def test_each_list_and_each_person_has_a_selection_of_its_own(self, clerk: Membership) -> None:
        tick(clerk, "C1")
        colleague = records.add_person(clerk.provider, email="colleague@north.example")
        assert find_current_selection(clerk, "orders") is None
        assert find_current_selection(colleague, "customers") is None
        tick(colleague, "C2")
        assert numbers_selected(clerk) == {"C1"}

    def test_another_providers_records_do_nothing(self, clerk: Membership) -> None:
        stranger = records.add_customer(records.add_provider("south"), "X1")
        ticked = tick_on(membership=clerk, list_name="customers", record_ids=[stranger.pk, 2**62], on=True)
        assert ticked.not_added == 0
        assert find_current_selection(clerk, "customers") is None
        assert not SelectionItem.objects.exists()

    def test_three_thousand_rows(
        self, clerk: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        many = [customer.pk for customer in records.add_customers(clerk.provider, 3000, prefix="M")]
        tick(clerk, "C1")
        # Savepoint, whether there is one, lock, which are the provider's, insert, and back.
        with django_assert_max_num_queries(6):
            tick_on(membership=clerk, list_name="customers", record_ids=many, on=True)
        with django_assert_max_num_queries(6):
            tick_on(membership=clerk, list_name="customers", record_ids=many[:1000], on=False)
        assert count_selected(current(clerk)) == 2001
        copy = copy_selection(membership=clerk, list_name="customers")
        run = records.finish(records.start(records.draft_credit_of(clerk, copy), clerk))
        assert run.customers_done == 2001


class TestAllThatMatch:
    def test_all_but_some(self, clerk: Membership) -> None:
        select_all(clerk, area="Springfield")
        tick(clerk, "C3", "C4", on=False)
        tick(clerk, "C4")
        assert numbers_selected(clerk) == {"C1", "C2", "C4", "C5", "C6", "C7", "C8", "C9", "C10"}
        assert count_selected(current(clerk)) == 9
        assert describe_selection(current(clerk)) == {"area": ["Springfield"]}
        assert list_exceptions(current(clerk)) == ids("C3")

    def test_everybody(self, clerk: Membership) -> None:
        select_all(clerk)
        assert count_selected(current(clerk)) == 13

    def test_who_does_not_match_cannot_be_added_and_nothing_is_lost(self, clerk: Membership) -> None:
        select_all(clerk, area="Springfield")
        tick(clerk, "C1", on=False)
        ticked = tick(clerk, "S1", "S2", "C1")
        assert ticked.not_added == 2
        assert count_selected(current(clerk)) == 10

    def test_who_does_not_match_needs_no_exception(self, clerk: Membership) -> None:
        select_all(clerk, area="Springfield")
        assert tick(clerk, "S1", "C1", on=False).not_added == 0
        assert list_exceptions(current(clerk)) == ids("C1")

    def test_what_was_ticked_before_and_does_not_match_is_counted(self, clerk: Membership) -> None:
        tick(clerk, "C1", "S1", "S2")
        assert select_all(clerk, area="Springfield").not_added == 2
        assert count_selected(current(clerk)) == 10

    def test_another_filter_replaces_the_first_with_its_exceptions(self, clerk: Membership) -> None:
        select_all(clerk, area="Springfield")
        tick(clerk, "C1", on=False)
        select_all(clerk, area="Shelbyville")
        assert numbers_selected(clerk) == {"S1", "S2", "S3"}
        assert list_exceptions(current(clerk)) == []

    @pytest.mark.parametrize("values", [{"area": "Nowhere"}, {"colour": "red"}, {"price_min": "much"}])
    def test_a_filter_that_cannot_be_used_leaves_the_selection_as_it_was(
        self, clerk: Membership, values: dict[str, str]
    ) -> None:
        tick(clerk, "C1")
        with pytest.raises(Refused):
            select_all(clerk, **values)
        assert numbers_selected(clerk) == {"C1"}

    def test_it_means_who_matches_at_the_moment(self, clerk: Membership) -> None:
        select_all(clerk, type="business")
        assert count_selected(current(clerk)) == 0
        edit_customer(customer=Customer.objects.get(number="C1"), staff_id=None, customer_type="business")
        assert count_selected(current(clerk)) == 1

    def test_orders_are_counted_with_their_customers(self, clerk: Membership) -> None:
        select_all(clerk, "orders", area="Shelbyville")
        first = Order.objects.get(number="S1-1").pk
        tick_on(membership=clerk, list_name="orders", record_ids=[first], on=False)
        selection = current(clerk, "orders")
        assert (count_selected(selection), count_selected_customers(selection)) == (5, 3)


class TestClearing:
    def test_ticks_and_filters_are_gone(self, clerk: Membership) -> None:
        tick(clerk, "C1")
        clear_selection(membership=clerk, list_name="customers")
        assert find_current_selection(clerk, "customers") is None
        select_all(clerk)
        clear_selection(membership=clerk, list_name="customers")
        assert find_current_selection(clerk, "customers") is None
        tick(clerk, "C2")
        assert numbers_selected(clerk) == {"C2"}


class TestCopies:
    def test_a_copy_does_not_follow_the_ticks(self, clerk: Membership) -> None:
        select_all(clerk, area="Springfield")
        tick(clerk, "C1", on=False)
        copy = copy_selection(membership=clerk, list_name="customers")
        tick(clerk, "C2", on=False)
        clear_selection(membership=clerk, list_name="customers")
        assert not copy.is_current
        assert count_selected(copy) == 9
        assert list_exceptions(copy) == ids("C1")

    def test_the_current_selection_stays(self, clerk: Membership) -> None:
        tick(clerk, "C1")
        copy_selection(membership=clerk, list_name="customers")
        assert numbers_selected(clerk) == {"C1"}

    def test_nothing_cannot_be_copied(self, clerk: Membership) -> None:
        with pytest.raises(Refused, match="Nothing is selected"):
            copy_selection(membership=clerk, list_name="customers")

    def test_the_database_keeps_what_a_run_was_made_of(self, clerk: Membership) -> None:
        tick(clerk, "C1")
        copy = copy_selection(membership=clerk, list_name="customers")
        for change in (
            lambda: copy.items.all().delete(),
            lambda: Selection.objects.filter(pk=copy.pk).update(mode="matching"),
            lambda: Selection.objects.filter(pk=copy.pk).update(is_current=True),
            lambda: Selection.objects.filter(pk=copy.pk)._raw_delete("default"),
            lambda: SelectionItem.objects.filter(selection=copy).update(record_id=7),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert count_selected(copy) == 1

    def test_there_is_one_current_selection_for_each_list(self, clerk: Membership) -> None:
        tick(clerk, "C1")
        selection = current(clerk)
        selection.pk = None
        with pytest.raises(DatabaseError, match="selection_current_once"), transaction.atomic():
            selection.save()
