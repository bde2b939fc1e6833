"""Settings > Staff: invited, given roles, deactivated; and the page that sets the password."""

import re
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider, Staff
from makegood.providers.selectors import find_membership, list_staff
from makegood.providers.services import add_staff, change_membership
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import Answer, source_of, words_of

LIST = "/settings/staff"
NEW = "a new long password"


def invite(client: Client, email: str = "bea@north.example", role: str = "billing", **typed: str) -> Answer:
    return client.post(f"{LIST}/new", {"email": email, "role": role, "name": "Bea Billing"} | typed, follow=True)


def link_in(answer: Answer) -> str:
    found = re.search(r'value="http://testserver(/choose-password/[^"]+)"', source_of(answer))
    assert found, words_of(answer)
    return found[1]


def choose(client: Client, link: str, password: str = NEW, again: str | None = None) -> Answer:
    page = client.get(link, follow=True)
    if page.status_code != 200:
        return page
    place = page.redirect_chain[-1][0]
    return client.post(place, {"new_password1": password, "new_password2": again or password}, follow=True)


def member(provider: Provider, email: str) -> Membership:
    return list_staff(provider).get(staff__email=email)


def test_a_person_is_invited_chooses_a_password_and_logs_in(
    ada: Client, admin: Membership, north: Provider, client: Client
) -> None:
    answer = invite(ada)
    link = link_in(answer)
    assert "A link for Bea Billing is made." in words_of(answer)
    assert "link" not in source_of(ada.get(LIST)).split("<main")[1].split("<table")[0]
    assert "Your password is set. Log in with it." in words_of(choose(client, link))
    client.post("/login", {"username": "bea@north.example", "password": NEW})
    assert client.get("/customers").status_code == 200
    bea = Staff.objects.get(email="bea@north.example")
    done = AuditEntry.objects.filter(subject_type="staff", subject_id=bea.pk).order_by("id")
    assert [(entry.action, entry.staff_id) for entry in done] == [
        ("staff.added", admin.staff_id),
        ("staff.link_made", admin.staff_id),
        ("staff.password_changed", bea.pk),
    ]


def test_a_link_works_once(ada: Client, client: Client) -> None:
    link = link_in(invite(ada))
    choose(client, link)
    answer = Client().get(link, follow=True)
    assert answer.status_code == 410
    assert "This link does not work any more" in words_of(answer)
    assert "Ask the admin of your service provider" in words_of(answer)


@pytest.mark.parametrize(
    "link", ["/choose-password/MQ/abc-def", "/choose-password/%C3%A9/x", "/choose-password/OTk5/a-b"]
)
def test_a_link_that_was_made_up_is_answered_in_the_same_words(client: Client, db: None, link: str) -> None:
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This link does not work any more" in words_of(answer)


def test_a_link_is_too_old_after_a_while(ada: Client, client: Client) -> None:
    link = link_in(invite(ada))
    later = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=4)
    with mock.patch("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", return_value=later):
        assert client.get(link).status_code == 410


def test_a_new_link_ends_the_one_that_was_lost(ada: Client, north: Provider, client: Client) -> None:
    first = link_in(invite(ada))
    answer = ada.post(f"{LIST}/{member(north, 'bea@north.example').pk}/link", follow=True)
    assert client.get(first).status_code == 410
    assert "Your password is set." in words_of(choose(client, link_in(answer)))


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", None, "too short"),
        (NEW, "another long one", "The two passwords differ."),
        ("password123", None, "too common"),
    ],
)
def test_a_password_that_will_not_do_is_refused(
    ada: Client, client: Client, password: str, again: str | None, sentence: str
) -> None:
    answer = choose(client, link_in(invite(ada)), password, again)
    assert sentence in words_of(answer)
    assert not Staff.objects.get(email="bea@north.example").has_usable_password()


def test_who_works_for_another_provider_keeps_the_password(ada: Client, south: Provider, north: Provider) -> None:
    change_membership(membership=member(south, "admin@south.example"), password="a pass phrase of theirs")
    answer = invite(ada, "admin@south.example")
    assert "had a log-in before and keeps that password" in words_of(answer)
    assert "choose-password" not in source_of(answer)
    answer = ada.post(f"{LIST}/{member(north, 'admin@south.example').pk}/link", follow=True)
    assert "keeps that password" in words_of(answer)
    assert "choose-password" not in source_of(answer)


def test_a_link_ends_when_another_provider_takes_the_person_on(
    ada: Client, south: Provider, north: Provider, client: Client
) -> None:
    link = link_in(invite(ada))
    bea = member(north, "bea@north.example").staff
    add_staff(provider=south, email=bea.email, role="manager", password=None)
    assert client.get(link, follow=True).status_code == 410
    bea.refresh_from_db()
    assert not bea.has_usable_password()


def test_who_was_invited_elsewhere_and_has_no_password_yet_is_told_of(ada: Client, south: Provider) -> None:
    add_staff(provider=south, email="bea@north.example", role="manager", password=None)
    answer = invite(ada)
    assert "has not chosen a password yet" in words_of(answer)
    assert "choose-password" not in source_of(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "nobody"}, "“nobody” is not an e-mail address."),
        ({"email": ""}, "E-mail address is needed."),
        ({"email": "ada@north.example"}, "is a member of North Fiber's staff already"),
        ({"role": "owner"}, "Select a valid choice."),
        ({"name": "x" * 201}, "at most 200 characters fit"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(ada: Client, typed: dict[str, str], sentence: str) -> None:
    count = Membership.objects.count()
    answer = invite(ada, **{"email": "bea@north.example", "role": "billing"} | typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert Membership.objects.count() == count


def test_the_link_is_sent_where_there_is_a_mail_server(ada: Client) -> None:
    with mock.patch("makegood.web.settings.password_link.has_smtp", return_value=True):
        answer = invite(ada, name="Bea\nBcc: x@y.example")
    assert "It is sent to bea@north.example" in words_of(answer)
    assert mail.outbox[0].to == ["bea@north.example"]
    assert link_in(answer) in str(mail.outbox[0].body)


def test_a_mail_server_that_is_down_loses_nothing(ada: Client) -> None:
    with (
        mock.patch("makegood.web.settings.password_link.has_smtp", return_value=True),
        mock.patch("makegood.web.settings.password_link.send_mail", side_effect=ConnectionRefusedError),
    ):
        answer = invite(ada)
    assert "It could not be sent" in words_of(answer)
    assert link_in(answer)


def test_a_role_is_changed_and_holds_at_once(ada: Client, viewer: Membership, vera: Client) -> None:
    assert vera.get("/settings/services/new").status_code == 403
    answer = ada.post(f"{LIST}/{viewer.pk}/edit", {"role": "admin", "seen": seen(ada, viewer)}, follow=True)
    assert "Vera Viewer is admin now." in words_of(answer)
    assert vera.get("/settings/services/new").status_code == 200


def seen(client: Client, of: Membership) -> str:
    return source_of(client.get(f"{LIST}/{of.pk}/edit")).split('name="seen" value="')[1].split('"')[0]


def test_two_admins_who_change_a_role_see_each_other(ada: Client, viewer: Membership) -> None:
    looked_at = seen(ada, viewer)
    change_membership(membership=viewer, role="agent")
    answer = ada.post(f"{LIST}/{viewer.pk}/edit", {"role": "billing", "seen": looked_at})
    assert answer.status_code == 422
    assert "Somebody else has changed this" in words_of(answer)
    viewer.refresh_from_db()
    assert viewer.role == "agent"


def test_who_is_deactivated_is_out_at_once_and_can_come_back(ada: Client, viewer: Membership, vera: Client) -> None:
    for _ in range(2):
        assert "can no longer act" in words_of(ada.post(f"{LIST}/{viewer.pk}/active", {"active": "no"}, follow=True))
    assert vera.get("/customers").status_code == 403
    answer = ada.post(f"{LIST}/{viewer.pk}/link", follow=True)
    assert "is deactivated; reactivate the person first" in words_of(answer)
    ada.post(f"{LIST}/{viewer.pk}/active", {"active": "yes"})
    assert vera.get("/customers").status_code == 200


def test_nobody_takes_their_own_admin_role(ada: Client, admin: Membership, north: Provider) -> None:
    assert "Edit" not in words_of(ada.get(LIST)).split("ada@north.example")[1].split("vera")[0]
    answer = ada.post(f"{LIST}/{admin.pk}/edit", {"role": "billing", "seen": seen(ada, admin)})
    assert "You cannot take the admin role from yourself." in words_of(answer)
    answer = ada.post(f"{LIST}/{admin.pk}/active", {"active": "no"}, follow=True)
    assert "You cannot take the admin role from yourself." in words_of(answer)
    assert find_membership(north.pk, admin.staff_id) == Membership.objects.get(pk=admin.pk, role="admin")


def test_an_admin_whose_own_role_is_gone_changes_nothing_any_more(admin: Membership, north: Provider) -> None:
    other = add_staff(provider=north, email="otto@north.example", role="admin", password=None)
    change_membership(membership=admin, role="viewer", staff_id=other.staff_id)
    with pytest.raises(Refused, match="Your own role has been changed meanwhile"):
        change_membership(membership=other, role="viewer", staff_id=admin.staff_id)


def test_the_list_tells_who_never_logged_in(ada: Client, browser: Browser, north: Provider) -> None:
    records.add_person(north, "agent")
    words = words_of(ada.get(LIST))
    assert "agent@north.example Agent Invited Active" in words
