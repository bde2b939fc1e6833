"""What can be the number of a card or of a bank account is told from a processor's reference."""

import pytest

from makegood.kit.account_numbers import find_number, has_account_number
from makegood.kit.lines import clean_line
from makegood.kit.refusal import Refused
from makegood.kit.text import require_no_number

NUMBERS = (
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "4242.4242.4242.4242",
    "378282246310005",
    "6759649826438453",
    "4242\u00a04242\u202f4242 4242",
    "４２４２４２４２４２４２４２４２",
    "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
    "card 4242 4242 4242 4242, 12/30",
    "pm_4242424242424242",
    "12345424242424242424299",
    "DE89 3704 0044 0532 0130 00",
    "nl91abna0417164300",
)
NO_NUMBERS = (
    "",
    "pm_1Nv0FGQ9RKHgCVdKq1w2e3r4",
    "card_succeeds",
    "sandbox_pm_jfiaachndnbekagfobcdlfkj",
    "src_19YP7iAHEMiOZZp1Z9WBZi0W",
    "4242",
    "+1 503 555 0182",
    "2026-12-31",
)


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_seen_however_it_is_written(text: str) -> None:
    assert has_account_number(text)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_let_through(text: str) -> None:
    assert not has_account_number(text)


IN_TEXTS = (
    "4242424242424242",
    "paid with 4242 4242 4242 4242, 12/30",
    "4242-4242-4242-4242 2027",
    "card:378282246310005",
    "３７８２ ８２２４６３ １０００５",
    "4222222222222",
    "to DE89 3704 0044 0532 0130 00 of 3 May 2026",
    "nl91abna0417164300",
    "IBAN:GB82-WEST-1234-5698-7654-32",
)
NOT_IN_TEXTS = (
    "Transfer 17",
    "Visa ending 4242",
    "DE89 … 3000",
    "2026-11-23 10:44:02 and 2026-11-24",
    "1234 5678 9012 3456 7890 1234",
    "RF18 5390 0754 7034",
    "call +1 (503) 555-0182 or +44 20 7946 0958",
    "invoices 12749, 12750, 12751 and 12752",
    "PO12 ordered by phone, call back at 9",
    "pi_3Nv0FGQ9RKHgCVdK1q2w3e4r",
    "4242 4242 4242 4243",
)


@pytest.mark.parametrize("text", IN_TEXTS)
def test_a_number_in_what_people_write_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(Refused) as refused:
        require_no_number(note=text)
    assert (refused.value.code, refused.value.field) == ("account_number", "note")
    assert not any(each.isdigit() for each in refused.value.message)
    with pytest.raises(Refused, match="last four"):
        clean_line(text, longest=100, name="description")


@pytest.mark.parametrize("text", NOT_IN_TEXTS)
def test_what_banks_and_people_write_otherwise_is_let_through(text: str) -> None:
    assert find_number(text) is None
    require_no_number(note=text)
