"""A map is checked completely before a file is opened, and every refusal says where it is wrong."""

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.imports.map import Condition, ImportMap, load_map, parse_map
from makegood.kit.refusal import Refused
from tests.support.layers import ROOT

CUSTOMER = '[customer]\nnumber = "id"\nname = "name"\n'
ORDER = '[[order]]\nnumber = "o"\nservice = "s"\nprice = "p"\nfrom_date = "f"\n'


def read(text: str) -> ImportMap:
    return parse_map(text.encode(), "a.toml")


def refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.code == "map_malformed"
    assert refused.value.message.startswith("The map a.toml")
    return refused.value.message


def test_the_smallest_map_has_a_customers_number_and_name() -> None:
    smallest = read(CUSTOMER)
    assert smallest.list_columns() == ["id", "name"]
    assert smallest.orders == ()
    assert (smallest.file.delimiter, smallest.file.encoding, smallest.file.decimal) == (",", "utf-8", ".")


def test_all_ways_to_fill_a_field() -> None:
    full = read(
        """
        [file]
        delimiter = "\\t"
        encoding = "latin-1"
        decimal = ","
        dates = "dd.mm.yyyy"
        [customer]
        number = "id"
        name = { pattern = "{first} {{{last}}}" }
        status = { column = "left", values = { Yes = "closed" }, otherwise = "active" }
        autopay = { constant = true }
        phone = { column = "phone", when = { column = "may_call", is = "Yes" } }
        [[order]]
        when = [{ column = "tv", not = "No" }, { column = "plan", in = ["A", "B"] }]
        number = { pattern = "{id}-tv" }
        service = { constant = "Television" }
        price = { constant = 29.90 }
        from_date = { column = "months", months_before = 2024-01-31 }
        """
    )
    name = full.customer.find("name")
    assert name is not None
    assert name.pattern == ("", "first", " {", "last", "}")
    [order] = full.orders
    assert order.when == (
        Condition("tv", frozenset({"No"}), negated=True),
        Condition("plan", frozenset({"A", "B"}), negated=False),
    )
    price, from_date = order.find("price"), order.find("from_date")
    assert price is not None
    assert from_date is not None
    assert (price.constant, from_date.months_before) == ("29.90", date(2024, 1, 31))
    assert sorted(full.list_columns()) == ["first", "id", "last", "left", "may_call", "months", "phone", "plan", "tv"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "[customer] is missing"),
        ("x = ", "is not valid TOML"),
        ("x" + "[" * 100_000, "is not valid TOML"),
        ('[customer]\nnumber = "id"', "[customer] must say name"),
        ("customer = 3", "[customer] is a table"),
        (CUSTOMER + "[customers]\n", "has no “customers”; it has file, customer, order"),
        (CUSTOMER + 'nickname = "x"', "[customer] has no “nickname”; it has when, number, name"),
        (CUSTOMER + "phone = 5", "[customer].phone is a table"),
        (CUSTOMER + 'phone = { colum = "x" }', "[customer].phone has no “colum”"),
        (CUSTOMER + 'phone = { column = "x", constant = "y" }', "exactly one of column, constant, pattern"),
        (CUSTOMER + "phone = { }", "exactly one of column, constant, pattern"),
        (CUSTOMER + 'phone = ""', "[customer].phone.column is a text"),
        (CUSTOMER + "phone = { column = 3 }", "[customer].phone.column is a text"),
        (CUSTOMER + "phone = { constant = [1] }", "[customer].phone.constant is a text, a number, a date"),
        (CUSTOMER + 'phone = { pattern = "none" }', "names no column in braces"),
        (CUSTOMER + 'phone = { pattern = "{a" }', "has a brace that encloses no column"),
        (CUSTOMER + 'phone = { pattern = "{}" }', "has a brace that encloses no column"),
        (CUSTOMER + 'phone = { pattern = "{a}", values = { b = "c" } }', "can have values only with a column"),
        (CUSTOMER + 'status = { column = "x", values = {} }', "[customer].status.values is a table"),
        (CUSTOMER + 'status = { column = "x", otherwise = "active" }', "[customer].status.values is missing"),
        (CUSTOMER + 'phone = { column = "x", optional = "yes" }', "[customer].phone.optional is true or false"),
        (CUSTOMER + 'phone = { column = "x", when = {} }', "[customer].phone.when says a column"),
        (CUSTOMER + 'phone = { column = "x", when = { column = "y", is = 3 } }', "[customer].phone.when.is is a text"),
        (CUSTOMER + 'phone = { column = "x", when = { column = "y", in = [] } }', "when.in is a text, or"),
        (CUSTOMER + 'when = { column = "x", is = "y" }', "[customer] cannot have a condition"),
        ('[customer]\nname = "n"\nnumber = { column = "x", optional = true }', "[customer].number is always needed"),
        (CUSTOMER + 'phone = { column = "x", months_before = 2024-01-01 }', "months_before is for a date"),
        (CUSTOMER + 'closed_on = { column = "x", months_before = "soon" }', "closed_on.months_before is a date"),
        (CUSTOMER + 'closed_on = { column = "x", months_before = 2024-01-01T10:00:00 }', "months_before is a date"),
        (CUSTOMER + '[order]\nnumber = "x"', "[[order]] is written with two brackets"),
        (CUSTOMER + '[[order]]\nnumber = "x"', "[[order]] 1 must say service and price and from_date"),
        (CUSTOMER + ORDER + ORDER + 'colour = "x"', "[[order]] 2 has no “colour”"),
        (CUSTOMER + ORDER + 'to_date = "x"', "so it must say status too"),
        (CUSTOMER + ORDER + 'status = "x"', "to_date must say since when"),
        (CUSTOMER + ORDER + 'status = { constant = "terminated" }', "to_date must say since when"),
        (CUSTOMER + '[file]\ndelimiter = ",,"', "[file].delimiter is one character"),
        (CUSTOMER + "[file]\ndelimiter = 3", "[file].delimiter is a text"),
        (CUSTOMER + '[file]\nencoding = "ebcdic"', "[file].encoding is one of utf-8, latin-1, windows-1252"),
        (CUSTOMER + '[file]\ndecimal = ";"', "[file].decimal is"),
        (CUSTOMER + '[file]\ndates = "yyyy-mm"', "[file].dates is made of yyyy, mm and dd"),
        (CUSTOMER + '[file]\nquote = "x"', "[file] has no “quote”"),
    ],
)
def test_what_is_wrong_with_a_map_is_said_with_its_place(text: str, says: str) -> None:
    assert says in refusal(text)


def test_a_map_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file"):
        load_map(tmp_path / "missing.toml")
    with pytest.raises(Refused, match="Is a directory"):
        load_map(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="not a text in UTF-8"):
        load_map(binary)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 1_000_001)
    with pytest.raises(Refused, match="larger than a map can be"):
        load_map(large)


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_of_the_documentation_are_maps(path: Path) -> None:
    assert load_map(path).orders


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (CUSTOMER + text).encode("utf-8", "replace")))
def test_any_bytes_are_a_map_or_are_refused(content: bytes) -> None:
    with contextlib.suppress(Refused):
        assert parse_map(content, "a.toml").customer.sources
