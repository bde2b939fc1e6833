"""Settings > Services > GL codes."""

import pytest
from django.test import Client

from makegood.audit.models import AuditEntry
from makegood.ledger.models import GLCode
from makegood.ledger.selectors import get_default_credit_gl_code, get_gl_code
from makegood.ledger.services import change_gl_code
from makegood.providers.models import Membership, Provider
from makegood.transaction_templates.services import add_template
from tests.support import records
from tests.support.answers import Verified
from tests.web.reading import Answer, source_of, words_of

LIST = "/settings/gl-codes"


def change(client: Client, known: GLCode, **typed: str) -> Answer:
    source = source_of(client.get(f"{LIST}/{known.pk}/edit"))
    seen = source.split('name="seen" value="')[1].split('"')[0]
    given = {"code": known.code, "type": known.type, "description": known.description, "seen": seen} | typed
    return client.post(f"{LIST}/{known.pk}/edit", given, follow=True)


def test_control_codes_and_the_default_are_marked_and_offer_no_deactivation(ada: Client, north: Provider) -> None:
    source = source_of(ada.get(LIST))
    assert source.count("control code</small>") == 3
    assert source.count("Default for credits") == 1
    for code in ("1200", "2100", "1050", "4900"):
        assert f"/settings/gl-codes/{get_gl_code(north, code).pk}/active" not in source


def test_a_code_is_added_once(ada: Client, admin: Membership) -> None:
    typed = {"code": " 4930 ", "type": "credit", "description": "Late repairs"}
    assert "GL code 4930 is added." in words_of(ada.post(f"{LIST}/new", typed, follow=True))
    answer = ada.post(f"{LIST}/new", typed)
    assert answer.status_code == 422
    assert "There is a GL code 4930 already." in words_of(answer)
    assert AuditEntry.objects.get(action="gl_code.added").staff_id == admin.staff_id


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": ""}, "Code is needed."),
        ({"code": "9" * 21}, "A GL code has 1 to 20 characters."),
        ({"description": "x" * 201}, "at most 200 characters fit"),
        ({"type": "receivable"}, "Select a valid choice."),
        ({"type": "income"}, "Select a valid choice."),
    ],
)
def test_a_code_that_cannot_be_is_refused(ada: Client, typed: dict[str, str], sentence: str) -> None:
    answer = ada.post(f"{LIST}/new", {"code": "4930", "type": "credit", "description": ""} | typed)
    assert answer.status_code == 422
    assert sentence in words_of(answer)


def test_an_unused_code_changes_whole(ada: Client, north: Provider) -> None:
    code = get_gl_code(north, "4010")
    assert "GL code 4101 is saved." in words_of(change(ada, code, code="4101", type="tax", description="Dues"))
    code.refresh_from_db()
    assert (code.code, code.type, code.description) == ("4101", "tax", "Dues")


@pytest.mark.parametrize("number", ["4910", "4920", "4000"])
def test_code_and_type_are_fixed_once_used(
    ada: Client, north: Provider, number: str, assert_verified: Verified
) -> None:
    records.credit(records.add_person(north), gl_code="4910")
    add_template(provider=north, name="T", direction="credit", gl_code=get_gl_code(north, "4920"), staff_id=None)
    code = get_gl_code(north, number)
    for typed in ({"type": "fee"}, {"code": "9999"}):
        answer = change(ada, code, **typed)
        assert f"GL code {number} is in use, so its code and type are fixed." in words_of(answer)
    assert "is saved" in words_of(change(ada, code, description="Other words"))
    assert_verified()


def test_control_codes_change_their_description_only(ada: Client, north: Provider) -> None:
    code = get_gl_code(north, "1200")
    assert "its code and type are fixed" in words_of(change(ada, code, code="1201"))
    assert "its code and type are fixed" in words_of(change(ada, code, type="fee"))
    assert "is saved" in words_of(change(ada, code, description="Debtors"))


def test_the_default_moves(ada: Client, north: Provider) -> None:
    code = get_gl_code(north, "4910")
    for _ in range(2):
        answer = ada.post(f"{LIST}/{code.pk}/default", follow=True)
        assert "are booked on 4910 from now on" in words_of(answer)
    assert get_default_credit_gl_code(north) == code
    assert AuditEntry.objects.filter(action="gl_code.made_default").count() == 1
    answer = ada.post(f"{LIST}/{get_gl_code(north, '4000').pk}/default", follow=True)
    assert "a credit needs one of type credit" in words_of(answer)


def test_a_code_is_deactivated_and_control_codes_and_the_default_are_not(ada: Client, north: Provider) -> None:
    for number, sentence in (
        ("4910", "no longer offered"),
        ("1200", "stays active"),
        ("4900", "another default first"),
        ("4100", "is the last active one of type fee, and late fees are charged on such a code"),
    ):
        answer = ada.post(f"{LIST}/{get_gl_code(north, number).pk}/active", {"active": "no"}, follow=True)
        assert sentence in words_of(answer)


def test_a_change_that_somebody_else_made_is_not_overwritten_unseen(ada: Client, north: Provider) -> None:
    code = get_gl_code(north, "4910")
    source = source_of(ada.get(f"{LIST}/{code.pk}/edit"))
    seen = source.split('name="seen" value="')[1].split('"')[0]
    change_gl_code(gl_code=code, code="4910", description="Theirs", type="credit", staff_id=None)
    typed = {"code": "4910", "type": "credit", "description": "Mine", "seen": seen}
    answer = ada.post(f"{LIST}/{code.pk}/edit", typed)
    assert "Saved meanwhile: Theirs" in words_of(answer)
    assert 'value="Mine"' in source_of(answer)
