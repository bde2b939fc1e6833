"""Changing one's own password."""

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.providers.models import Membership, Staff
from tests.web.people import PASSWORD
from tests.web.reading import words_of

NEW = "seven quiet lighthouses"


def fill(old: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}


def test_password_is_changed_and_the_session_goes_on(vera: Client, viewer: Membership) -> None:
    answer = vera.post("/password", fill(), follow=True)
    assert answer.redirect_chain == [("/password", 302)]
    assert "Your password is changed." in words_of(answer)
    assert vera.get("/customers").status_code == 200
    assert Staff.objects.get(pk=viewer.staff_id).check_password(NEW)
    entry = AuditEntry.objects.get(action="staff.password_changed")
    assert (entry.staff_id, entry.subject_id, entry.detail) == (viewer.staff_id, viewer.staff_id, {})


def test_the_persons_other_browsers_are_logged_out(vera: Client, viewer: Membership) -> None:
    other = Client()
    other.post("/login", {"username": "vera@north.example", "password": PASSWORD})
    assert other.get("/customers").status_code == 200
    vera.post("/password", fill())
    assert other.get("/customers").status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (fill(old="not this one"), "This is not your present password."),
        (fill(new="short1!"), "at least 10 characters"),
        (fill(new="password123"), "too common"),
        (fill(new="vera@north.example"), "too similar to the"),
        (fill(again="something else"), "The two new passwords differ."),
        (fill(old="", new=""), "Fill in this field."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(vera: Client, typed: dict[str, str], said: str) -> None:
    answer = vera.post("/password", typed)
    assert answer.status_code == 200
    assert said in words_of(answer)
    assert Staff.objects.get(email="vera@north.example").check_password(PASSWORD)
