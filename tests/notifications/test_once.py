"""A notification that stands for the newest of its sort."""

import pytest
from django.db import transaction
from django.utils import timezone

from makegood.notifications.models import Notification
from makegood.notifications.services import notify
from makegood.providers.models import Membership
from tests.support import records

pytestmark = [pytest.mark.django_db]


def tell(*people: Membership, title: str, subject: int = 1, by_title: bool = False) -> None:
    with transaction.atomic():
        notify(
            provider_id=people[0].provider_id,
            staff_ids=[person.staff_id for person in people],
            level="warning",
            title=title,
            body="",
            subject_type="failed_payments",
            subject_id=subject,
            once=True,
            by_title=by_title,
        )


def titles(person: Membership) -> list[str]:
    return list(Notification.objects.filter(staff=person.staff).order_by("id").values_list("title", flat=True))


def test_who_has_not_read_the_last_one_gets_no_second() -> None:
    provider = records.add_provider()
    ann, ben = (records.add_person(provider, "manager", f"{name}@north.example") for name in ("ann", "ben"))
    tell(ann, title="one")
    tell(ann, ben, title="two")
    assert (titles(ann), titles(ben)) == (["two"], ["two"])
    Notification.objects.filter(staff=ann.staff).update(read_at=timezone.now())
    tell(ann, ben, title="three")
    assert (titles(ann), titles(ben)) == (["two", "three"], ["three"])


def test_another_subject_is_another_notification() -> None:
    provider = records.add_provider()
    ann = records.add_person(provider, "manager")
    tell(ann, title="one")
    tell(ann, title="of another", subject=2)
    assert titles(ann) == ["one", "of another"]


def test_by_its_title_only_its_own_like_is_brought_up_to_date() -> None:
    provider = records.add_provider()
    ann = records.add_person(provider, "manager")
    tell(ann, title="one")
    tell(ann, title="of another kind", by_title=True)
    tell(ann, title="of another kind", by_title=True)
    assert titles(ann) == ["one", "of another kind"]
