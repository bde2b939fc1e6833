"""What a person has read: their own notifications, at one provider, and nobody else's."""

from collections.abc import Callable

import pytest
from django.db import transaction

from makegood.kit.refusal import Refused
from makegood.notifications.models import Notification
from makegood.notifications.selectors import MOST_COUNTED, count_unread, list_notifications, list_unread
from makegood.notifications.services import mark_all_read, mark_read, mark_unread, notify
from makegood.providers.models import Membership
from tests.support import records


def tell(*memberships: Membership, title: str = "Credit run 1 finished", subject_type: str = "run") -> None:
    with transaction.atomic():
        notify(
            provider_id=memberships[0].provider_id,
            staff_ids=[each.staff_id for each in memberships],
            level="success",
            title=title,
            body="",
            subject_type=subject_type,
            subject_id=1,
        )


def newest(membership: Membership) -> Notification:
    return list_notifications(membership.provider_id, membership.staff_id)[0]


def titles(membership: Membership) -> list[str]:
    return [each.title for each in list_unread(membership.provider_id, membership.staff_id)]


@pytest.fixture
def bo(db: None) -> Membership:
    return records.add_person(records.add_provider())


@pytest.fixture
def mia(bo: Membership) -> Membership:
    return records.add_person(bo.provider, "manager")


def test_one_is_read_and_the_others_are_not(bo: Membership) -> None:
    tell(bo, title="first")
    tell(bo, title="second")
    mark_read(provider_id=bo.provider_id, staff_id=bo.staff_id, notification_id=newest(bo).pk)
    assert titles(bo) == ["first"]


def test_when_it_was_read_first_stays(bo: Membership) -> None:
    tell(bo)
    mine = {"provider_id": bo.provider_id, "staff_id": bo.staff_id, "notification_id": newest(bo).pk}
    first = mark_read(**mine).read_at
    assert mark_read(**mine).read_at == first
    assert mark_unread(**mine).read_at is None
    assert count_unread(bo.provider_id, bo.staff_id) == 1


def test_all_are_read_up_to_what_was_seen(bo: Membership) -> None:
    tell(bo, title="first")
    tell(bo, title="second")
    seen = newest(bo).pk
    tell(bo, title="came meanwhile")
    assert mark_all_read(provider_id=bo.provider_id, staff_id=bo.staff_id, up_to=seen) == 2
    assert titles(bo) == ["came meanwhile"]
    assert mark_all_read(provider_id=bo.provider_id, staff_id=bo.staff_id) == 1
    assert mark_all_read(provider_id=bo.provider_id, staff_id=bo.staff_id) == 0


def test_everybody_reads_for_themselves(bo: Membership, mia: Membership) -> None:
    tell(bo, mia)
    mark_all_read(provider_id=bo.provider_id, staff_id=bo.staff_id)
    assert titles(mia) == ["Credit run 1 finished"]


@pytest.mark.parametrize("mark", [mark_read, mark_unread])
def test_those_of_others_do_not_exist(bo: Membership, mia: Membership, mark: Callable[..., Notification]) -> None:
    tell(mia)
    with pytest.raises(Refused, match="There is no such notification"):
        mark(provider_id=bo.provider_id, staff_id=bo.staff_id, notification_id=newest(mia).pk)
    assert titles(mia) == ["Credit run 1 finished"]


def test_those_with_another_provider_do_not_exist_here(bo: Membership) -> None:
    south = records.add_provider("south")
    there = records.add_person(south, email=bo.staff.email)
    tell(there)
    assert titles(bo) == []
    with pytest.raises(Refused):
        mark_read(provider_id=bo.provider_id, staff_id=bo.staff_id, notification_id=newest(there).pk)


def test_many_are_not_counted_to_the_end(bo: Membership) -> None:
    for _ in range(MOST_COUNTED + 5):
        tell(bo)
    assert count_unread(bo.provider_id, bo.staff_id) == MOST_COUNTED + 1
