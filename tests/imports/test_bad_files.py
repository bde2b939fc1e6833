"""Bad input gets a clear answer, and nothing is lost or half written."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest

from makegood.customers.models import Customer
from makegood.customers.selectors import get_customer
from makegood.imports.map import parse_map
from makegood.imports.services import import_file
from makegood.kit.refusal import Refused
from makegood.orders.models import Order
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Provider
from tests.imports.plain import ANNA, BEN, CLEO, HEADER, PLAIN_MAP, BringIn, count, reasons
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def refusal(bring_in: BringIn) -> Callable[..., str]:
    """The sentence with which a file's content is refused; nothing is written."""

    def refuse(content: str | bytes, **options: str) -> str:
        with pytest.raises(Refused) as refused:
            bring_in(content=content, **options)
        assert not Customer.objects.exists()
        return refused.value.message

    return refuse


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "first line of the file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text in utf-8"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "is not a text in utf-8"),
        (bytes(range(256)) * 100, "is not a text in utf-8"),
        (b"\xff\xfec\0u\0s\0t\0", "is in UTF-16"),
        (b"customer,name\0,city", "is not a text in utf-8"),
        (b"customer,caf\xe9,city", "is not a text in utf-8"),
        (b"customer;name;city;state;order;service;price;since\n", "Does the map name the right delimiter?"),
        (b"CUSTOMER,NAME\n", "does not have the columns “customer”, “name”, “city”"),
        ((HEADER + ",name\n").encode(), "The column “name” stands twice"),
        (b"x," * 20_000, "has 20,001 columns; at most 10,000"),
        (b"," * 2_000_000, "more than 1,048,576 characters"),
        ((HEADER + "\n" + "x," * 2_000_000).encode(), "Line 2 of the file belongs to a row of more than 1,048,576"),
        (
            (HEADER + '\nC1,"' + "x" * 200_000 + '"\n').encode(),
            "begins on line 2 cannot be read: a field has more than 131,072",
        ),
        ((HEADER + '\nC1,"Anna\n' + "x,y\n" * 20).encode(), "opened and not closed before the end of the file"),
        ((HEADER + f'\n{ANNA}\nC2,"Ben" Berg,\n').encode(), "begins on line 3 cannot be read: text follows a closing"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(
    refusal: Callable[..., str], content: bytes, says: str
) -> None:
    message = refusal(content)
    assert says in message
    assert len(message) < 2_000


def test_a_row_that_never_ends_is_refused_before_the_memory_is_full(refusal: Callable[..., str]) -> None:
    assert "1,048,576 characters" in refusal(HEADER + '\n"' + '","\n' * 1_000_000)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (OSError(5, "Input/output error"), "Input/output error"),
    ],
)
def test_a_file_that_cannot_be_opened(north: Provider, trouble: OSError, says: str) -> None:
    with mock.patch.object(Path, "open", side_effect=trouble), pytest.raises(Refused, match=says):
        import_file(provider=north, path=Path("x.csv"), import_map=parse_map(PLAIN_MAP.encode(), "m"))


class BrokenDisk(io.RawIOBase):
    """Gives a few rows, and then no more."""

    def __init__(self) -> None:
        self._rows = [f"{HEADER}\n{ANNA}\n".encode()]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rows:
            raise OSError(5, "Input/output error")
        rows = self._rows.pop()
        buffer[: len(rows)] = rows
        return len(rows)


def test_a_file_that_stops_being_readable_half_way(north: Provider) -> None:
    stream = io.BufferedReader(cast(io.FileIO, BrokenDisk()))
    with mock.patch.object(Path, "open", return_value=stream), pytest.raises(Refused, match="Input/output error"):
        import_file(provider=north, path=Path("x.csv"), import_map=parse_map(PLAIN_MAP.encode(), "m"))
    assert not Customer.objects.exists()


def test_a_file_whose_name_is_no_text(north: Provider, tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.csv"
    with pytest.raises(Refused, match=r"caf\\xe9"):
        import_file(provider=north, path=path, import_map=parse_map(PLAIN_MAP.encode(), "m"))
    path.write_text(f"{HEADER}\n{ANNA}\n")
    assert import_file(provider=north, path=path, import_map=parse_map(PLAIN_MAP.encode(), "m")).written


def test_a_directory_instead_of_a_file(north: Provider, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Is a directory"):
        import_file(provider=north, path=tmp_path, import_map=parse_map(PLAIN_MAP.encode(), "m"))


def test_everything_that_is_wrong_is_listed_with_line_column_and_reason(
    bring_in: BringIn, assert_verified: Verified
) -> None:
    report = bring_in(
        ANNA,
        'C2,"Ben\nBerg",Old Town,maybe,C2-1,Fiber,cheap,2025-06-15',
        "C3,Cleo",
        CLEO + ",one more",
        ",,,on,C5-1,DSL,20.00,yesterday",
    )
    assert reasons(report) == [
        (3, "price", "price is not an amount; decimals stand after a point"),
        (3, "state", "status is not in the map's table of values (on, off)"),
        (3, "state", "status is not in the map's table of values (on, off)"),
        (5, "", "the row has 2 fields, the first line of the file has 8"),
        (6, "", "the row has 9 fields, the first line of the file has 8"),
        (7, "customer", "number is empty"),
        (7, "name", "name is empty"),
        (7, "since", "from_date is not a date written yyyy-mm-dd"),
    ]
    assert (report.rows, report.bad_rows, report.written) == (5, 4, False)
    assert not Customer.objects.exists()
    assert_verified()


def test_bad_rows_can_be_left_out(bring_in: BringIn, assert_verified: Verified) -> None:
    report = bring_in(ANNA, "C2,Ben", CLEO, skip_bad=True)
    assert count(report) == {"customers": (2, 0, 0), "orders": (2, 0, 0)}
    assert (report.rows, report.bad_rows, report.written) == (3, 1, True)
    assert sorted(customer.number for customer in Customer.objects.all()) == ["C1", "C3"]
    assert_verified()


def test_if_all_rows_are_bad_leaving_them_out_leaves_nothing(bring_in: BringIn, assert_verified: Verified) -> None:
    report = bring_in("C1", "C2", skip_bad=True)
    assert (report.rows, report.bad_rows) == (2, 2)
    assert not Customer.objects.exists()
    assert_verified()


def test_values_that_are_not_text_are_bad_rows(bring_in: BringIn) -> None:
    rows = [b"C1,A\0nna,x,on,C1-1,DSL,1,2024-01-01", b"C2,Caf\xe9,x,on,C2-1,DSL,1,2024-01-01"]
    report = bring_in(content=b"\n".join([HEADER.encode(), *rows, ANNA.encode().replace(b"C1", b"C3")]))
    assert [(bad.line, bad.value) for bad in report.bad] == [(2, r"A\x00nna"), (3, r"Caf\xe9")]
    assert "U+0000" in report.bad[0].reason
    assert "not of the file's encoding" in report.bad[1].reason


def test_a_long_value_is_shortened_in_the_report(bring_in: BringIn) -> None:
    report = bring_in(ANNA.replace("Anna", "A" * 5_000))
    assert report.bad[0].value == "A" * 60 + "…"
    assert report.bad[0].reason == "name has 5,000 characters; at most 200 are possible"


def test_an_order_number_stands_once_in_a_file(bring_in: BringIn, assert_verified: Verified) -> None:
    rows = (ANNA, BEN, BEN.replace("C2,Ben", "C3,Cleo"), ANNA)
    assert reasons(bring_in(*rows)) == [
        (4, "order", "order C2-1 stands on line 3 already"),
        (5, "order", "order C1-1 stands on line 2 already"),
    ]
    assert not Customer.objects.exists()
    assert bring_in(*rows, skip_bad=True).bad_rows == 2
    assert Order.objects.count() == 2
    assert_verified()


def test_a_customer_who_stands_twice_must_be_the_same_and_bring_an_order(bring_in: BringIn) -> None:
    other = ANNA.replace("C1-1", "C1-2")
    report = bring_in(
        ANNA, other.replace("Anna", "Annabel").replace("Mill Creek", "Old Town"), "C2,Ben,x,on,,,,", "C2,Ben,x,on,,,,"
    )
    assert reasons(report) == [
        (3, "customer", "customer C1 stands on line 2 (city, name) already, with other values"),
        (5, "customer", "customer C2 stands on line 4 already"),
    ]


def test_rows_of_a_customer_whose_first_row_is_left_out_come_in_all_the_same(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    bring_in(BEN)
    stolen = ANNA.replace("C1-1", "C2-1")
    report = bring_in(stolen, ANNA, skip_bad=True)
    assert reasons(report) == [(2, "order", "order C2-1 is of customer C2; an order stays with its customer")]
    assert count(report) == {"customers": (1, 0, 0), "orders": (1, 0, 0)}
    assert get_customer(north, "C1").figures.active_orders == 1
    assert_verified()


def test_an_order_does_not_move_to_another_customer(bring_in: BringIn, assert_verified: Verified) -> None:
    bring_in(ANNA, BEN)
    report = bring_in(ANNA.replace("C1,Anna", "C2,Ben").replace("Mill Creek", "Old Town"))
    assert reasons(report) == [(2, "order", "order C1-1 is of customer C1; an order stays with its customer")]
    assert Order.objects.get(number="C1-1").customer.number == "C1"
    assert_verified()


def test_a_closed_customer_has_only_terminated_orders(
    bring_in: BringIn, north: Provider, assert_verified: Verified
) -> None:
    says = "the customer is closed, so the order must be terminated, not active"
    always_active = PLAIN_MAP.replace(
        'values = { on = "active", off = "terminated" }', 'values = { on = "active", off = "active" }'
    )
    always_active = always_active.replace(', when = { column = "state", is = "off" }', "")
    assert reasons(bring_in(CLEO, map=always_active)) == [(2, "state", says)]

    silent = "\n".join(line for line in PLAIN_MAP.splitlines() if '"state"' not in line)
    bring_in(ANNA)
    close_customer(customer=get_customer(north, "C1"), staff_id=None)
    assert reasons(bring_in(ANNA, map=silent)) == []
    assert reasons(bring_in(ANNA.replace("C1-1", "C1-2"), map=silent)) == [(2, "", says)]
    assert_verified()


def test_a_terminated_order_has_an_end_that_is_not_before_its_start(bring_in: BringIn) -> None:
    from_column = PLAIN_MAP.replace(
        'to_date = { constant = 2026-05-01, when = { column = "state", is = "off" } }', 'to_date = "end"'
    )
    header = HEADER + ",end\n"
    without = bring_in(content=header + CLEO + ",\n", map=from_column)
    assert reasons(without) == [(2, "end", "to_date is empty; a terminated order needs the day on which it ended")]
    before = bring_in(content=header + CLEO + ",2019-12-31\n", map=from_column)
    assert reasons(before) == [(2, "end", "to_date is before from_date, 2020-01-31")]
    assert bring_in(content=header + CLEO + ",2020-02-01\n", map=from_column).written
    assert bring_in(content=header + CLEO + ",\n", map=from_column).orders.unchanged == 1


def test_a_value_in_the_map_that_a_field_cannot_take_is_refused(refusal: Callable[..., str]) -> None:
    wrong = PLAIN_MAP.replace('off = "closed"', 'off = "gone"')
    assert refusal(HEADER, map=wrong) == (
        "The map test.toml: [customer].status: “gone” is not one of the known words (active, closed)."
    )
    wrong = PLAIN_MAP.replace('service = "service"', 'service = "service"\ngl_code = { constant = "4900" }')
    assert "[[order]] 1.gl_code: “4900” is not an active GL code of type service (4000" in refusal(HEADER, map=wrong)


def test_of_very_many_bad_rows_all_are_counted_and_the_first_are_told(bring_in: BringIn) -> None:
    report = bring_in(*("C" * 50 for _ in range(3_000)))
    assert (report.rows, report.bad_rows, len(report.bad)) == (3_000, 3_000, 1_000)
    assert report.bad[-1].line == 1_001
