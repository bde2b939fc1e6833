"""Saved filters and chosen columns: whose they are, and what is refused."""

import pytest

from makegood.audit.models import AuditEntry
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.saved_views.models import ChosenColumns, SavedFilter
from makegood.saved_views.selectors import find_chosen_columns, get_own_filter, list_saved_filters
from makegood.saved_views.services import MOST_FILTERS, change_filter, choose_columns, delete_filter, save_filter
from tests.support import records

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Membership:
    return records.add_person(records.add_provider())


@pytest.fixture
def colleague(clerk: Membership) -> Membership:
    return records.add_person(clerk.provider, "viewer")


def save(member: Membership, name: str = "Storm", list_name: str = "customers", *, shared: bool = False) -> SavedFilter:
    return save_filter(
        membership=member, list_name=list_name, name=name, filters={"area": ["Springfield"]}, shared=shared
    )


def refused(member: Membership, name: str) -> str:
    with pytest.raises(Refused) as refusal:
        save(member, name)
    assert refusal.value.field == "name"
    return refusal.value.code


def names(member: Membership, list_name: str = "customers") -> list[str]:
    return [saved.name for saved in list_saved_filters(member, list_name)]


def test_a_filter_is_kept_for_its_list_under_its_name(clerk: Membership) -> None:
    saved = save(clerk, "  Storm   area ")
    assert saved.query == {"filters": {"area": ["Springfield"]}, "sort": ""}
    assert names(clerk) == ["Storm area"]
    assert names(clerk, "orders") == []


def test_colleagues_see_what_is_shared(clerk: Membership, colleague: Membership) -> None:
    save(clerk, "Mine")
    save(clerk, "Ours", shared=True)
    assert names(clerk) == ["Mine", "Ours"]
    assert names(colleague) == ["Ours"]


def test_another_provider_sees_nothing(clerk: Membership) -> None:
    saved = save(clerk, shared=True)
    stranger = records.add_person(records.add_provider("south"))
    assert names(stranger) == []
    with pytest.raises(Refused):
        get_own_filter(stranger, saved.pk)


def test_only_its_owner_gets_a_filter_to_change(clerk: Membership, colleague: Membership) -> None:
    saved = save(clerk, shared=True)
    with pytest.raises(Refused, match="no such saved filter"):
        get_own_filter(colleague, saved.pk)
    assert get_own_filter(clerk, saved.pk) == saved


def test_a_name_is_used_once_by_each_person_and_list(clerk: Membership, colleague: Membership) -> None:
    save(clerk, "Storm")
    assert refused(clerk, "storm ") == "name_taken"
    save(clerk, "Storm", "orders")
    save(colleague, "Storm")
    other = save(clerk, "Other")
    with pytest.raises(Refused, match="You have a filter with the name “STORM”"):
        change_filter(membership=clerk, saved=other, name="STORM", shared=False)


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "name_missing"), ("  ", "name_missing"), ("x" * 61, "too_long"), ("a\x00b", "name_malformed")],
)
def test_a_name_has_to_be_one(clerk: Membership, name: str, code: str) -> None:
    assert refused(clerk, name) == code


def test_renaming_sharing_and_deleting(clerk: Membership, colleague: Membership) -> None:
    saved = save(clerk)
    change_filter(membership=clerk, saved=saved, name="Flood", shared=True)
    assert names(colleague) == ["Flood"]
    delete_filter(membership=clerk, saved=saved)
    delete_filter(membership=clerk, saved=saved)
    assert names(clerk) == []
    actions = AuditEntry.objects.filter(subject_type="saved_filter", subject_id=saved.pk).order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "saved_filter.added",
        "saved_filter.changed",
        "saved_filter.deleted",
    ]


def test_there_is_an_end_to_them(clerk: Membership) -> None:
    for number in range(MOST_FILTERS):
        save(clerk, f"Filter {number}")
    with pytest.raises(Refused, match="Delete one first"):
        save(clerk, "One more")


def test_columns_are_each_persons_own(clerk: Membership, colleague: Membership) -> None:
    assert find_chosen_columns(clerk, "customers") is None
    choose_columns(membership=clerk, list_name="customers", columns=["name", "due"])
    choose_columns(membership=clerk, list_name="customers", columns=["name"])
    assert find_chosen_columns(clerk, "customers") == ["name"]
    assert find_chosen_columns(clerk, "orders") is None
    assert find_chosen_columns(colleague, "customers") is None
    choose_columns(membership=clerk, list_name="customers", columns=None)
    assert not ChosenColumns.objects.exists()
