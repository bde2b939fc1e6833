"""Staff: who they are and what their role allows."""

import pytest

from makegood.audit.models import AuditEntry
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Role, Staff
from makegood.providers.rules import Right, rights_of, roles_with
from makegood.providers.selectors import (
    can_act,
    find_membership,
    get_membership,
    list_managers,
    list_memberships_of,
    list_staff,
    require_right,
)
from makegood.providers.services import add_staff, change_membership
from tests.support import records

MAY = {
    "viewer": "view",
    "agent": "view credit_one edit_customers",
    "billing": "view credit_one credit_run bill edit_customers",
    "manager": "view credit_one credit_run credit_without_limit bill close_books edit_customers",
    "admin": "view edit_customers settings staff",
}


def test_each_role_allows_what_it_should() -> None:
    assert {role: set(rights_of(role)) for role in Role.values} == {role: set(may.split()) for role, may in MAY.items()}
    assert rights_of("owner") == frozenset()


def test_who_could_do_it_is_named_weakest_first() -> None:
    assert roles_with(Right.CREDIT_RUN) == ["billing", "manager"]
    assert roles_with(Right.STAFF) == ["admin"]


@pytest.mark.django_db
def test_a_person_is_one_whatever_the_case_of_the_address() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    first = add_staff(provider=north, email=" Ann@North.example ", role="billing", password="correct horse", name="Ann")
    second = add_staff(provider=south, email="ann@north.EXAMPLE", role="viewer", password=None)
    assert first.staff == second.staff
    assert Staff.objects.get().email == "ann@north.example"
    assert Staff.objects.get_by_natural_key("ANN@north.example").check_password("correct horse")
    assert get_membership(north, "ANN@NORTH.example") == first
    assert [membership.provider.slug for membership in list_memberships_of(first.staff_id)] == ["north", "south"]
    assert AuditEntry.objects.filter(action="staff.added").count() == 2


@pytest.mark.django_db
def test_without_a_password_nobody_can_log_in() -> None:
    staff = records.add_person(records.add_provider()).staff
    assert not staff.has_usable_password()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "role", "password", "code"),
    [
        ("nobody", "billing", None, "email_malformed"),
        ("", "billing", None, "email_malformed"),
        ("ann@example.org", "boss", None, "role_unknown"),
        ("ann@example.org", "billing", "short", "password_short"),
        ("ann@example.org", "billing", "", "password_short"),
        ("billing@north.example", "manager", None, "staff_exists"),
    ],
)
def test_a_person_who_cannot_be_is_refused(email: str, role: str, password: str | None, code: str) -> None:
    north = records.add_provider()
    records.add_person(north, "billing")
    with pytest.raises(Refused) as refused:
        add_staff(provider=north, email=email, role=role, password=password)
    assert refused.value.code == code
    assert [(member.staff.email, member.role) for member in list_staff(north)] == [("billing@north.example", "billing")]


@pytest.mark.django_db
def test_who_is_deactivated_cannot_act() -> None:
    north, south = records.add_provider(), records.add_provider("south")
    clerk = records.add_person(north)
    with pytest.raises(Refused, match="not an active member of South's staff"):
        get_membership(south, clerk.staff.email)
    change_membership(membership=clerk, active=False)
    with pytest.raises(Refused, match="is not an active member of North's staff"):
        get_membership(north, clerk.staff.email)
    assert find_membership(north.pk, clerk.staff_id) is None
    change_membership(membership=clerk, active=True)
    Staff.objects.update(is_active=False)
    assert find_membership(north.pk, clerk.staff_id) is None


@pytest.mark.django_db
def test_a_role_changes_with_a_trace() -> None:
    clerk = records.add_person(records.add_provider())
    change_membership(membership=clerk, role="manager")
    assert Membership.objects.get().role == "manager"
    assert AuditEntry.objects.get(action="staff.changed").detail == {"role": "manager", "active": True}
    with pytest.raises(Refused, match="The roles are viewer, agent, billing, manager, admin"):
        change_membership(membership=clerk, role="boss")


@pytest.mark.django_db
def test_the_refusal_says_who_could_do_it() -> None:
    viewer = records.add_person(records.add_provider(), "viewer")
    assert can_act(viewer, Right.VIEW)
    with pytest.raises(Refused) as refused:
        require_right(viewer, Right.CREDIT_RUN, "take back a run")
    assert refused.value.message == (
        "Your role (viewer) may not take back a run. A person with role billing or manager can."
    )


@pytest.mark.django_db
def test_active_managers_are_told_of_failures() -> None:
    north = records.add_provider()
    one = records.add_person(north, "manager", "one@north.example")
    two = records.add_person(north, "manager", "two@north.example")
    records.add_person(north, "admin")
    change_membership(membership=two, active=False)
    assert list_managers(north.pk) == [one.staff_id]
