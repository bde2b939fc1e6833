"""What an address has to look like, said in words before a server is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.emails.sending.addresses import AddressInvalid, read_address


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ann@example.org", "ann@example.org"),
        (" ann@Example.ORG ", "ann@example.org"),
        ("Ann.O'Neil+bills@mail.example.org", "Ann.O'Neil+bills@mail.example.org"),
        ('"ann archer"@example.org', '"ann archer"@example.org'),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        # As IDNA 2008 has it: another domain than strasse.
        ("ann@STRAßE.example", "ann@xn--strae-oqa.example"),
        ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses_that_can_be_asked_for(text: str, read: str) -> None:
    assert str(read_address(text)) == read


def test_only_the_part_before_the_at_needs_smtputf8() -> None:
    assert not read_address("ann@bücher.example").needs_smtputf8
    assert read_address("jörg@example.org").needs_smtputf8


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has no @"),
        ("ann", "it has no @"),
        ("@example.org", "something is missing"),
        ("ann@", "something is missing"),
        ("ann@example", "has no dot"),
        ("ann@example..org", "not the name of a domain"),
        ("ann@-example.org", "not the name of a domain"),
        ("ann@exa mple.org", "not the name of a domain"),
        ("ann@example.org>", "not the name of a domain"),
        ("ann@[127.0.0.1]", "not the name of a domain"),
        ("ann@例え。テスト.example", "not the name of a domain"),
        ("ann@" + "a" * 64 + ".org", "not the name of a domain"),
        ("ann b@example.org", "a sign or a space"),
        ("<ann@example.org", "a sign or a space"),
        ("ann..b@example.org", "a sign or a space"),
        (".ann@example.org", "a sign or a space"),
        ("ann\u00a0b@example.org", "a sign or a space"),
        ("ann@example.org\r\nBcc: bob@example.org", "a line break"),
        ("ann\n@example.org", "a line break"),
        ("ann\u2028@example.org", "a line break"),
        ("ann\x00@example.org", "a line break"),
        ("a" * 65 + "@example.org", "too long"),
        ("ann@" + ".".join(["a" * 60] * 5), "too long"),
    ],
)
def test_others_are_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(AddressInvalid, match=rf"The e-mail address is not valid: .*{why}"):
        read_address(text)


@given(st.text())
def test_what_is_accepted_never_breaks_out_of_a_command(text: str) -> None:
    for candidate in (text, f"{text}@example.org", f"ann@{text}.org"):
        try:
            address = str(read_address(candidate))
        except AddressInvalid:
            continue
        assert not any(sign in address for sign in "\r\n\0")
        assert " " not in address or address.startswith('"')
        assert ">" not in address or address.startswith('"')
        assert address.rpartition("@")[2].isascii()
