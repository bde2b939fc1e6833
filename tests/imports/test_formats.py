"""The same rows, however a program writes them."""

import pytest

from makegood.customers.selectors import get_customer
from makegood.orders.selectors import get_order
from makegood.providers.models import Provider
from tests.imports.plain import HEADER, PLAIN_MAP, BringIn
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

ROW = "C1,Zoë Núñez,Café Row,on,C1-1,DSL,20.50,2024-02-01"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("", f"{HEADER}\n{ROW}\n".encode()),
        ("", f"{HEADER}\n{ROW}".encode("utf-8-sig")),
        ("", f"{HEADER}\r\n{ROW}\r\n".encode()),
        ("", f"{HEADER}\r{ROW}\r".encode()),
        ("", f"{HEADER}\n\n{ROW}\n\n,,,,,,,\n  \n".encode()),
        ("", (HEADER + "\n" + ",".join(f'" {cell} "' for cell in ROW.split(",")) + "\n").encode()),
        ('encoding = "latin-1"', f"{HEADER}\n{ROW}\n".encode("latin-1")),
        ('encoding = "windows-1252"', f"{HEADER}\n{ROW}\n".encode("cp1252")),
        ('delimiter = "\\t"', f"{HEADER}\n{ROW}\n".replace(",", "\t").encode()),
        ('delimiter = ";"\ndecimal = ","', f"{HEADER}\n{ROW}\n".replace(",", ";").replace("20.50", "20,50").encode()),
        ('decimal = ","', f"{HEADER}\n{ROW}\n".replace("20.50", '"20,5"').encode()),
        ('dates = "dd.mm.yyyy"', f"{HEADER}\n{ROW}\n".replace("2024-02-01", "01.02.2024").encode()),
        (
            'delimiter = "|"\ndates = "mm/dd/yyyy"',
            f"{HEADER}\n{ROW}\n".replace(",", "|").replace("2024-02-01", "02/01/2024").encode(),
        ),
    ],
)
def test_the_map_says_how_the_file_is_written(
    bring_in: BringIn, north: Provider, assert_verified: Verified, file: str, content: bytes
) -> None:
    report = bring_in(content=content, map=f"[file]\n{file}\n{PLAIN_MAP}")
    assert (report.rows, report.bad) == (1, [])
    assert (get_customer(north, "C1").name, get_customer(north, "C1").city) == ("Zoë Núñez", "Café Row")
    assert (get_order(north, "C1-1").price_minor, str(get_order(north, "C1-1").from_date)) == (2050, "2024-02-01")
    assert_verified()


def test_quoted_fields_hold_delimiters_quotes_and_line_breaks(bring_in: BringIn, north: Provider) -> None:
    bring_in('C1,"Berg, ""Anna""\r\nMaria","Mill\nCreek",on,C1-1,DSL,1,2024-02-01')
    assert get_customer(north, "C1").name == 'Berg, "Anna" Maria'
    assert get_customer(north, "C1").city == "Mill Creek"


@pytest.mark.parametrize("name", [r"back\slash", r"\N", r"\.", "100%", "%s {0} $1", "'; DROP TABLE customer; --", '""'])
def test_no_value_means_anything_to_the_database(
    bring_in: BringIn, north: Provider, assert_verified: Verified, name: str
) -> None:
    quoted = name.replace('"', '""')
    bring_in(f'C1,"{quoted}",x,on,C1-1,DSL,1,2024-02-01')
    assert get_customer(north, "C1").name == name
    bring_in(content="number\nC2\n", map=f"[customer]\nnumber = 'number'\nname = {{ constant = '''{name}''' }}")
    assert get_customer(north, "C2").name == name
    in_pattern = name.replace("{", "{{").replace("}", "}}")
    bring_in(
        content="number\nC3\n",
        map=f"[customer]\nnumber = 'number'\nname = {{ pattern = '''{in_pattern} {{number}}''' }}",
    )
    assert get_customer(north, "C3").name == f"{name} C3"
    assert_verified()


def test_conditions_and_optional_cells_give_defaults(bring_in: BringIn, north: Provider) -> None:
    bring_in(
        content="id,mail,may,kind,lang\n1,a@example.org,Yes,business,\n2,b@example.org,No,,es\n",
        map="""
        [customer]
        number = "id"
        name = { pattern = "Customer {id}" }
        email = { column = "mail", when = { column = "may", in = ["Yes", "Maybe"] } }
        phone = { constant = "555-0100", when = { column = "may", not_in = ["Yes"] } }
        customer_type = { column = "kind", optional = true }
        language = { column = "lang", optional = true }
        """,
    )
    first, second = get_customer(north, "1"), get_customer(north, "2")
    assert (first.email, first.phone, first.customer_type, first.language) == ("a@example.org", "", "business", "en")
    assert (second.email, second.phone, second.customer_type, second.language) == ("", "555-0100", "residential", "es")


def test_half_a_pattern_is_no_value(bring_in: BringIn, north: Provider) -> None:
    report = bring_in(
        content="id,user\n1,anna\n2,\n",
        map="[customer]\nnumber = 'id'\nname = 'id'\nemail = { pattern = '{user}@example.org' }",
    )
    assert report.bad == []
    assert get_customer(north, "1").email == "anna@example.org"
    assert get_customer(north, "2").email == ""
