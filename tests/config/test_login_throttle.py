"""Guessing passwords is slow; a colleague at the same address is not locked out by it."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from makegood.providers.models import Staff

ADDRESS = "192.0.2.7"
PASSWORD = "correct horse battery"


@pytest.fixture
def staff(db: None) -> Staff:
    person = Staff(email="ann@provider.example", created_at=timezone.now())
    person.set_password(PASSWORD)
    person.save()
    return person


def log_in(password: str, email: str = "ann@provider.example", address: str = ADDRESS) -> bool:
    """Whether the log-in is let in, as far as the password and the throttle go."""
    data = {"username": email, "password": password}
    request: HttpRequest = RequestFactory().post("/login", data, REMOTE_ADDR=address)
    user = authenticate(request, username=email, password=password)
    if user is not None:
        user_logged_in.send(sender=type(user), request=request, user=user)
    return user is not None


def test_five_wrong_passwords_lock_the_person_at_the_address(staff: Staff) -> None:
    assert [log_in("wrong") for _ in range(5)] == [False] * 5
    assert not log_in(PASSWORD)
    assert not log_in(PASSWORD, email=" Ann@Provider.Example ")


def test_four_do_not_and_success_forgets_them(staff: Staff) -> None:
    for _ in range(2):
        assert [log_in("wrong") for _ in range(4)] == [False] * 4
        assert log_in(PASSWORD)


def test_the_person_comes_in_from_elsewhere(staff: Staff) -> None:
    for _ in range(5):
        log_in("wrong")
    assert log_in(PASSWORD, address="198.51.100.9")


def test_a_quarter_of_an_hour_later_the_person_comes_in_again(staff: Staff) -> None:
    for _ in range(5):
        log_in("wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(PASSWORD)


def test_an_address_that_tries_many_persons_is_locked_for_all(staff: Staff, settings: LazySettings) -> None:
    settings.MAKEGOOD_LOGIN_FAILURES_PER_ADDRESS = 8
    for number in range(8):
        log_in("wrong", email=f"person{number}@provider.example")
    assert not log_in(PASSWORD)
    assert log_in(PASSWORD, address="198.51.100.9")


def test_passwords_are_kept_with_argon2(staff: Staff) -> None:
    assert staff.password.startswith("argon2$argon2id$")
