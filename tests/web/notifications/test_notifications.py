"""The bell and the Notifications area: what has come, what is read, where it leads."""

import re

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makegood.notifications.models import Notification
from makegood.notifications.services import notify
from makegood.providers.models import Membership, Provider
from tests.support import records
from tests.web.people import Browser
from tests.web.reading import PARTIAL, Answer, source_of, words_of

BELL = PARTIAL | {"HX-Target": "bell-count"}


def tell(
    membership: Membership, title: str, *, body: str = "", level: str = "success", subject: tuple[str, int] = ("run", 7)
) -> Notification:
    with transaction.atomic():
        notify(
            provider_id=membership.provider_id,
            staff_ids=[membership.staff_id],
            level=level,
            title=title,
            body=body,
            subject_type=subject[0],
            subject_id=subject[1],
        )
    return Notification.objects.latest("pk")


def titles_in(answer: Answer) -> list[str]:
    found = re.findall(r"<(?:a|strong)[^>]*>(Run [^<]*)</", source_of(answer).partition("<main")[2])
    return list(found)


class TestArea:
    def test_says_what_will_stand_there(self, vera: Client) -> None:
        words = words_of(vera.get("/notifications"))
        assert "No notifications yet" in words
        assert "Mark all as read" not in words

    def test_newest_first_with_level_in_words(self, vera: Client, viewer: Membership) -> None:
        tell(viewer, "Run 1 finished", body="3 credited")
        tell(viewer, "Run 2 failed", level="error")
        answer = vera.get("/notifications")
        assert titles_in(answer) == ["Run 2 failed", "Run 1 finished"]
        assert "3 credited" in words_of(answer)
        assert re.search(r"Run 2 failed Failed · .* · Unread", words_of(answer))

    def test_read_and_unread_apart(self, vera: Client, viewer: Membership) -> None:
        read = tell(viewer, "Run 1 finished")
        tell(viewer, "Run 2 finished")
        vera.post(f"/notifications/{read.pk}/read")
        assert titles_in(vera.get("/notifications?show=unread")) == ["Run 2 finished"]
        assert titles_in(vera.get("/notifications?show=read")) == ["Run 1 finished"]
        assert len(titles_in(vera.get("/notifications?show=nonsense"))) == 2
        vera.post(f"/notifications/{read.pk}/unread")
        assert "Nothing read yet" in words_of(vera.get("/notifications?show=read"))

    def test_older_ones_are_a_page_further(self, vera: Client, viewer: Membership) -> None:
        for number in range(45):
            tell(viewer, f"Run {number} finished")
        first = vera.get("/notifications")
        assert titles_in(first)[0] == "Run 44 finished"
        assert len(titles_in(first)) == 40
        older = re.search(r'rel="next" href="([^"]*)"', source_of(first))
        assert older
        second = vera.get(older[1].replace("&amp;", "&"))
        assert titles_in(second) == [f"Run {number} finished" for number in range(4, -1, -1)]
        assert "Newest" in words_of(second)
        assert "Nothing older" in words_of(vera.get("/notifications?before=1"))

    @pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²", "%00"])
    def test_a_place_that_cannot_be_is_the_beginning(self, vera: Client, viewer: Membership, before: str) -> None:
        tell(viewer, "Run 1 finished")
        assert titles_in(vera.get(f"/notifications?before={before}")) == ["Run 1 finished"]

    def test_markup_in_words_is_words(self, vera: Client, viewer: Membership) -> None:
        tell(viewer, "<script>alert(1)</script>", body="<b>שלום</b>")
        for path in ("/notifications", "/notifications/newest", "/notifications/look?after=0&count=0"):
            answer = source_of(vera.get(path, headers=BELL if path != "/notifications" else {}))
            assert "<script>alert" not in answer
            assert "&lt;script&gt;" in answer
            assert "<b>" not in answer


def test_trouble_with_e_mail_leads_to_the_e_mails(vera: Client, viewer: Membership) -> None:
    told = tell(viewer, "E-mail to customers does not leave", level="error", subject=("emails", viewer.provider_id))
    assert f'href="/notifications/{told.pk}"' in source_of(vera.get("/notifications"))
    assert vera.get(f"/notifications/{told.pk}").headers["Location"] == "/emails"


def test_the_bell_says_what_became_of_a_run(vera: Client, viewer: Membership) -> None:
    tell(viewer, "Run 1 finished", body="3 credited, 2 skipped, 0 failed.")
    assert "3 credited, 2 skipped, 0 failed." in words_of(vera.get("/notifications/newest", headers=PARTIAL))


class TestLinks:
    def test_opening_it_reads_it_and_leads_to_its_subject(self, vera: Client, viewer: Membership) -> None:
        one = tell(viewer, "Run 7 finished")
        assert f'href="/notifications/{one.pk}"' in source_of(vera.get("/notifications"))
        assert vera.get(f"/notifications/{one.pk}")["Location"] == "/runs/7"
        assert Notification.objects.get(pk=one.pk).read_at is not None

    def test_a_subject_without_a_page_has_no_link(self, vera: Client, viewer: Membership) -> None:
        one = tell(viewer, "Run of an unknown sort", subject=("comet", 7))
        assert f'href="/notifications/{one.pk}"' not in source_of(vera.get("/notifications"))
        assert vera.get(f"/notifications/{one.pk}")["Location"] == "/notifications"

    @pytest.mark.parametrize("act", ["", "/read", "/unread"])
    def test_those_of_others_do_not_exist(self, vera: Client, north: Provider, act: str) -> None:
        of_another = tell(records.add_person(north, "manager"), "Run 7 finished")
        address = f"/notifications/{of_another.pk}{act}"
        assert (vera.post(address) if act else vera.get(address)).status_code == 404
        assert Notification.objects.get(pk=of_another.pk).read_at is None

    def test_looking_at_a_link_changes_nothing(self, vera: Client, viewer: Membership) -> None:
        one = tell(viewer, "Run 7 finished")
        assert vera.get(f"/notifications/{one.pk}/read").status_code == 405
        assert vera.get("/notifications/read").status_code == 405


class TestMarking:
    def test_in_place(self, vera: Client, viewer: Membership) -> None:
        one = tell(viewer, "Run 7 finished")
        where = PARTIAL | {"HX-Target": f"notification-{one.pk}"}
        answer = vera.post(f"/notifications/{one.pk}/read", headers=where)
        assert "Mark as unread" in words_of(answer)
        assert "hx-swap-oob" in source_of(answer)
        assert "1 unread" not in words_of(answer)

    def test_all_and_back_to_the_page(self, vera: Client, viewer: Membership) -> None:
        seen = tell(viewer, "Run 1 finished")
        tell(viewer, "Run 2 came meanwhile")
        answer = vera.post("/notifications/read", {"up_to": seen.pk, "next": "/notifications?show=unread"})
        assert answer["Location"] == "/notifications?show=unread"
        page = vera.get("/notifications?show=unread")
        assert "1 notification is marked as read." in words_of(page)
        assert titles_in(page) == ["Run 2 came meanwhile"]

    def test_twice_is_as_good_as_once(self, vera: Client, viewer: Membership) -> None:
        one = tell(viewer, "Run 1 finished")
        vera.post("/notifications/read")
        assert "There was nothing unread." in words_of(vera.post("/notifications/read", follow=True))
        assert vera.post(f"/notifications/{one.pk}/read").status_code == 302

    def test_goes_back_to_our_own_pages_only(self, vera: Client) -> None:
        answer = vera.post("/notifications/read", {"next": "https://elsewhere.example/"})
        assert answer["Location"] == "/notifications"


class TestBell:
    def test_counts_what_is_unread_on_every_page(self, vera: Client, viewer: Membership) -> None:
        assert "unread" not in words_of(vera.get("/password"))
        tell(viewer, "Run 1 finished")
        tell(viewer, "Run 2 finished")
        assert "Notifications 2 , 2 unread" in words_of(vera.get("/password"))

    def test_nothing_new_is_no_answer_and_little_work(
        self, vera: Client, viewer: Membership, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        one = tell(viewer, "Run 1 finished")
        vera.get("/notifications")
        with django_assert_num_queries(4):  # session, person, memberships, unread
            answer = vera.get(f"/notifications/look?after={one.pk}&count=1", headers=BELL)
        assert (answer.status_code, source_of(answer)) == (204, "")

    def test_what_is_new_is_said_once(self, vera: Client, viewer: Membership) -> None:
        old = tell(viewer, "Run 1 finished")
        new = tell(viewer, "Run 2 failed", level="error")
        answer = vera.get(f"/notifications/look?after={old.pk}&count=1", headers=BELL)
        assert "Failed Run 2 failed" in words_of(answer)
        assert "Run 1" not in words_of(answer)
        assert f"after={new.pk}&amp;count=2" in source_of(answer)
        assert vera.get(f"/notifications/look?after={new.pk}&count=2", headers=BELL).status_code == 204

    def test_read_in_another_tab_changes_the_number_and_says_nothing(self, vera: Client, viewer: Membership) -> None:
        one = tell(viewer, "Run 1 finished")
        vera.post("/notifications/read")
        answer = vera.get(f"/notifications/look?after={one.pk}&count=1", headers=BELL)
        assert answer.status_code == 200
        assert "toast" not in source_of(answer)
        assert f"after={one.pk}&amp;count=0" in source_of(answer)

    def test_many_at_once_are_summed_up(self, vera: Client, viewer: Membership) -> None:
        for number in range(8):
            tell(viewer, f"Run {number} finished")
        answer = vera.get("/notifications/look?after=0&count=0", headers=BELL)
        assert source_of(answer).count("data-toast") == 4
        assert "5 more notifications" in words_of(answer)

    def test_the_newest_open_below_it(self, vera: Client, viewer: Membership) -> None:
        tell(viewer, "Run 1 finished")
        words = words_of(vera.get("/notifications/newest", headers=BELL))
        assert "Run 1 finished Done ·" in words
        assert "Mark all as read" in words

    def test_everybody_hears_their_own(self, vera: Client, north: Provider, browser: Browser) -> None:
        mia = records.add_person(north, "manager")
        tell(mia, "Run 1 finished")
        assert vera.get("/notifications/look?after=0&count=0", headers=BELL).status_code == 204
        assert "Run 1" in words_of(browser(mia).get("/notifications/look?after=0&count=0", headers=BELL))
