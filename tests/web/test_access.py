"""Log in, log out: who gets in, who does not, and what each is told."""

import pytest
from django.conf import settings
from django.test import Client

from makegood.providers.models import Membership, Provider, Staff
from makegood.providers.services import change_membership
from tests.support import records
from tests.web.people import PASSWORD, Browser
from tests.web.reading import PARTIAL, Answer, source_of, words_of

WRONG = "This e-mail address and password do not go together."
THROTTLED = "Too many attempts; try again in 15 minutes."


def log_in(client: Client, email: str, password: str = PASSWORD, next: str = "") -> Answer:
    return client.post("/login", {"username": email, "password": password, "next": next})


def test_log_in_leads_to_the_customers(client: Client, viewer: Membership) -> None:
    answer = log_in(client, " Vera@North.Example ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = client.get("/", follow=True)
    assert page.redirect_chain == [("/customers", 302)]
    assert "Ann Archer" in words_of(page)


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, viewer: Membership) -> None:
    cookie = log_in(client, "vera@north.example").cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("email", ["vera@north.example", "nobody@north.example"])
def test_refusal_does_not_say_whether_the_address_exists(client: Client, viewer: Membership, email: str) -> None:
    answer = log_in(client, email, "wrong password")
    assert answer.status_code == 200
    assert WRONG in words_of(answer)


def test_deactivated_person_is_refused_in_the_same_words(client: Client, viewer: Membership) -> None:
    Staff.objects.update(is_active=False)
    assert WRONG in words_of(log_in(client, "vera@north.example"))


def test_what_is_left_out_is_asked_for(client: Client, db: None) -> None:
    words = words_of(log_in(client, "", ""))
    assert "Enter your e-mail address." in words
    assert "Enter your password." in words


@pytest.mark.parametrize("email", ["vera@north.example", "nobody@north.example"])
def test_many_wrong_passwords_close_the_log_in_for_a_while(client: Client, viewer: Membership, email: str) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert log_in(client, email, "wrong password").status_code == 200
    answer = log_in(client, email, "wrong password")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert THROTTLED in words_of(answer)
    # The right password does not help now, nor does another way of writing the address.
    assert log_in(client, email.upper(), PASSWORD).status_code == 429
    assert log_in(client, "somebody.else@north.example", "wrong password").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/customers?area=Springfield", "/customers?area=Springfield"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_log_in_goes_on_to_our_own_pages_only(client: Client, viewer: Membership, wanted: str, reached: str) -> None:
    assert log_in(client, "vera@north.example", next=wanted)["Location"] == reached


def test_every_page_asks_for_the_log_in_and_comes_back(client: Client, north: Provider) -> None:
    for path in ("/", "/customers", "/customers.csv", "/customers/count", "/customers/areas", "/password"):
        assert client.get(path)["Location"] == f"/login?next={path}"
    assert client.get("/customers?area=A%20B")["Location"] == "/login?next=/customers%3Farea%3DA%2520B"


def test_a_form_sent_without_log_in_leads_back_to_its_page(client: Client, north: Provider) -> None:
    sent = {"provider": "north"}
    assert client.post("/provider", sent)["Location"] == "/login?next=/"
    from_list = {"Referer": "http://testserver/customers?page=2"}
    assert client.post("/provider", sent, headers=from_list)["Location"] == "/login?next=/customers%3Fpage%3D2"
    from_outside = {"Referer": "https://elsewhere.example/customers"}
    assert client.post("/provider", sent, headers=from_outside)["Location"] == "/login?next=/"
    assert "Your session has ended. Log in again to go on" in words_of(client.get("/login"))


def test_partial_request_without_log_in_takes_the_whole_page_there(client: Client, north: Provider) -> None:
    where = {"HX-Current-URL": "http://testserver/customers?page=2"}
    answer = client.get("/customers?page=3", headers=PARTIAL | where)
    assert answer["HX-Redirect"] == "/login?next=/customers%3Fpage%3D2"
    assert not answer.content


def test_the_open_window_is_found_again_after_the_log_in(client: Client, viewer: Membership) -> None:
    where = {
        "HX-Current-URL": "http://testserver/customers?page=2#window=/customers/new",
        "HX-Target": "window-content",
    }
    answer = client.post("/customers/new", headers=PARTIAL | where)
    assert answer["HX-Redirect"] == "/login?next=/customers%3Fpage%3D2%23window%3D/customers/new"
    reached = log_in(client, "vera@north.example", next="/customers?page=2#window=/customers/new")
    assert reached["Location"] == "/customers?page=2#window=/customers/new"


def test_the_bell_takes_nobody_away_from_what_they_are_typing(client: Client, north: Provider) -> None:
    answer = client.get("/notifications/look?after=0&count=0", headers=PARTIAL | {"HX-Target": "bell-count"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert "Your session has ended" in source_of(answer)


def test_who_is_logged_in_is_not_asked_again(vera: Client) -> None:
    assert vera.get("/login")["Location"] == "/"


def test_log_out_ends_the_session_and_says_so(vera: Client) -> None:
    answer = vera.post("/logout", follow=True)
    assert "You are logged out." in words_of(answer)
    assert vera.get("/customers")["Location"] == "/login?next=/customers"


def test_a_link_cannot_log_anybody_out(vera: Client) -> None:
    assert vera.get("/logout").status_code == 405
    assert vera.get("/customers").status_code == 200


def test_forms_of_other_sites_are_refused(viewer: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = log_in(strict, "vera@north.example")
    assert answer.status_code == 403
    assert "This form is out of date" in words_of(answer)


def test_deactivated_membership_loses_access_at_the_next_request(vera: Client, viewer: Membership) -> None:
    assert vera.get("/customers").status_code == 200
    change_membership(membership=viewer, active=False)
    answer = vera.get("/customers")
    assert answer.status_code == 403
    words = words_of(answer)
    assert "you do not belong to the staff of any service provider here" in words
    assert "vera@north.example" in words
    assert "Ann Archer" not in words
    assert vera.get("/customers.csv").status_code == 403
    assert vera.get("/customers", headers=PARTIAL)["HX-Refresh"] == "true"
    # Such a person can still change the password and log out.
    assert vera.get("/password").status_code == 200
    assert vera.post("/logout").status_code == 302


def test_deactivated_person_loses_access_at_the_next_request(vera: Client) -> None:
    Staff.objects.update(is_active=False)
    assert vera.get("/customers")["Location"] == "/login?next=/customers"


def test_person_without_any_membership_can_log_in_and_is_told(client: Client, viewer: Membership) -> None:
    change_membership(membership=viewer, active=False)
    log_in(client, "vera@north.example")
    assert "No access at the moment" in words_of(client.get("/customers"))


def test_role_is_shown(browser: Browser, north: Provider) -> None:
    words = words_of(browser(records.add_person(north, "manager")).get("/customers"))
    assert "manager@north.example · Manager" in words
