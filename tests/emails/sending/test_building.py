"""Whatever stands in names, subjects and texts, the standard library reads what was meant, and no header is added."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

from hypothesis import example, given
from hypothesis import strategies as st

from makegood.emails.sending.addresses import read_address
from makegood.emails.sending.building import Letter, build_message, clean_body, clean_line, make_letterhead

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
TO = read_address("ann@example.org")
NASTY = [
    "\r\nBcc: all@example.org\r\n",
    "=?utf-8?q?x?=",
    "\x00\x1b",
    ".\r\n",
    "\n.\n",
    '"\\',
    "ünï",
    "日本語",
    "עברית",
    "🙂",
]
texts = st.lists(st.text(max_size=60) | st.sampled_from(NASTY), max_size=8).map("".join)
long_texts = st.lists(st.text(max_size=200) | st.sampled_from([*NASTY, "x" * 1200, " \t\n"]), max_size=12).map("".join)
HEADERS = ["Date", "Message-ID", "To", "Subject", "From", "Reply-To", "Auto-Submitted", "MIME-Version", "Content-Type"]


def build(
    subject: str = "S", text: str = "T", html: str = "<p>H</p>", name: str = "North", message_id: int = 7
) -> bytes:
    letterhead = make_letterhead(name, "billing@north.example", "help@north.example")
    return build_message(letterhead, Letter(message_id, AT, TO, subject, text, html), AT, "secret")


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    assert not part.defects
    return str(part.get_content()).replace("\r\n", "\n")


def read_name(raw: bytes) -> str:
    """The sender's name. Not by the newer reader, which puts a space between the halves of a long name."""
    written = email.message_from_bytes(raw, policy=email.policy.compat32)["From"]
    return str(make_header(decode_header(parseaddr(written)[0])))


def cleaned(text: str) -> str:
    return clean_body(text).decode()


def assert_clean_lines(raw: bytes) -> None:
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert raw.isascii()
    assert b"\0" not in raw


@given(subject=texts, name=texts)
@example(subject="a" * 500, name="b" * 200)
@example(subject=" \x85 é  ", name=" ")
def test_headers_say_what_was_meant_on_short_lines(subject: str, name: str) -> None:
    raw = build(subject=subject, name=name)
    assert_clean_lines(raw)
    message = read(raw)
    assert message.keys() == HEADERS
    assert message["Subject"] == clean_line(subject)
    assert not any(header.defects for header in message.values() if hasattr(header, "defects"))
    assert [sender.addr_spec for sender in message["From"].addresses] == ["billing@north.example"]
    assert read_name(raw) == clean_line(name)


@given(text=long_texts, html=long_texts)
@example(text=".", html=".\n..\n")
@example(text="From here\n", html="--\n")
def test_both_bodies_arrive_as_they_were(text: str, html: str) -> None:
    html += "!"
    raw = build(text=text, html=html)
    assert_clean_lines(raw)
    message = read(raw)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body(message, "plain") == cleaned(text)
    assert body(message, "html") == cleaned(html)


@given(text=long_texts)
def test_a_message_without_html_is_plain_text(text: str) -> None:
    raw = build(text=text, html="")
    assert_clean_lines(raw)
    message = read(raw)
    assert message.get_content_type() == "text/plain"
    assert raw.endswith(b"\r\n")
    assert body(message, "plain").removesuffix("\n") == cleaned(text).removesuffix("\n")


@given(text=long_texts)
def test_a_text_with_the_boundary_in_it_does_not_end_its_part(text: str) -> None:
    boundary = re.search(rb'boundary="([^"]+)"', build())
    assert boundary
    text = f"--{boundary[1].decode()}--\n{text}\n--{boundary[1].decode()}\n"
    message = read(build(text=text))
    assert body(message, "plain") == cleaned(text)
    assert body(message, "html") == "<p>H</p>"


def test_the_same_message_is_known_again_and_another_is_not() -> None:
    first, again, other = (read(build(message_id=number))["Message-ID"] for number in (7, 7, 8))
    assert first == again != other
    assert re.fullmatch(r"<[0-9a-f]{32}@north\.example>", first)


def test_a_usual_message_reads_as_one_would_write_it() -> None:
    message = read(build(subject="Your credit", name='North "Fibre" & Söhne'))
    assert message["From"] == '"North \\"Fibre\\" & Söhne" <billing@north.example>'
    assert message["Reply-To"] == "help@north.example"
    assert message["To"] == "ann@example.org"
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"


def test_an_international_domain_is_written_in_ascii_and_a_local_part_as_it_is() -> None:
    letterhead = make_letterhead("North", "billing@bücher.example", "")
    raw = build_message(letterhead, Letter(1, AT, read_address("jörg@straße.example"), "S", "T", ""), AT, "secret")
    assert "To: jörg@xn--strae-oqa.example\r\n".encode() in raw
    assert b"<billing@xn--bcher-kva.example>" in raw
