"""Two tabs of one person, ticking at the same moment."""

from functools import partial

from makegood.customers.models import Customer
from makegood.providers.models import Membership
from makegood.runs.models import Selection
from makegood.runs.selectors import count_selected, find_current_selection
from makegood.runs.services.select import clear_selection, copy_selection, select_all_matching, tick
from tests.support import records
from tests.support.together import at_once


def add_twenty(manager: Membership) -> list[Customer]:
    return records.add_customers(manager.provider, 20)


def count_now(manager: Membership) -> int:
    selection = find_current_selection(manager, "customers")
    return count_selected(selection) if selection else 0


def test_the_first_tick_of_many_tabs_makes_one_selection(manager: Membership) -> None:
    customers = add_twenty(manager)
    ticks = [
        partial(tick, membership=manager, list_name="customers", record_ids=[one.pk], on=True) for one in customers[:8]
    ]
    assert [type(answer).__name__ for answer in at_once(*ticks)] == ["Ticked"] * 8
    assert Selection.objects.count() == 1
    assert count_now(manager) == 8


def test_the_same_tick_in_two_tabs_counts_once(manager: Membership) -> None:
    customer = add_twenty(manager)[0]
    once = partial(tick, membership=manager, list_name="customers", record_ids=[customer.pk], on=True)
    for _ in range(5):
        at_once(once, once)
    assert count_now(manager) == 1


def test_a_tick_beside_all_that_match_means_one_or_the_other(manager: Membership) -> None:
    customers = add_twenty(manager)
    for _ in range(5):
        clear_selection(membership=manager, list_name="customers")
        at_once(
            partial(tick, membership=manager, list_name="customers", record_ids=[customers[0].pk], on=False),
            partial(select_all_matching, membership=manager, list_name="customers", values={}),
        )
        # Unticked before all were selected, or excepted afterwards; never one customer alone.
        assert count_now(manager) in (19, 20)


def test_a_copy_is_of_one_moment(manager: Membership) -> None:
    customers = add_twenty(manager)
    first, second = [one.pk for one in customers[:10]], [one.pk for one in customers[10:]]
    tick(membership=manager, list_name="customers", record_ids=first, on=True)
    for _ in range(5):
        copy, _ticked = at_once(
            partial(copy_selection, membership=manager, list_name="customers"),
            partial(tick, membership=manager, list_name="customers", record_ids=second, on=True),
        )
        assert isinstance(copy, Selection)
        assert count_selected(copy) in (10, 20)
        tick(membership=manager, list_name="customers", record_ids=second, on=False)
