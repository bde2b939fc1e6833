"""Documents as PDF: what the data says is shown as it is, and nothing of it is run."""

from datetime import date

import pytest

from makegood.kit.typeset import TypesetFailed, typeset
from tests.support.documents import read_document

SHOWN = '#import "/house.typ": *\n#show: house\n#let data = json("/data.json")\n#data.text'


def test_a_text_is_shown_as_it_is_whatever_it_looks_like() -> None:
    text = '*bold* #panic("no") $x$ \\ @ref <label> `raw` "quoted" // gone? _under_'
    assert text in read_document(typeset(SHOWN, {"text": text}))


def test_a_day_is_written_in_full() -> None:
    assert "2026-01-31" in read_document(typeset(SHOWN, {"text": date(2026, 1, 31)}))


def test_the_same_input_gives_the_same_bytes() -> None:
    assert typeset(SHOWN, {"text": "once"}) == typeset(SHOWN, {"text": "once"})


def test_texts_in_other_scripts_and_odd_characters_do_not_fail() -> None:
    for text in ("Ærøskøbing Čačak Ω Я", "東京 مرحبا שלום", "\x00\x07\u202e", "", "x" * 5000):
        assert typeset(SHOWN, {"text": text}).startswith(b"%PDF-")


def test_a_listing_goes_on_over_pages_and_repeats_its_head() -> None:
    template = (
        '#import "/house.typ": *\n#show: house.with(foot: "North")\n#let data = json("/data.json")\n'
        '#listing(columns: (1fr, auto), head: ("Service", "Amount"), figures: (1,), rows: data.rows)'
    )
    pages = read_document(typeset(template, {"rows": [[f"Line {at}", "$1.00"] for at in range(100)]})).split("\f")
    assert len(pages) > 2
    assert all("Service" in page and "Amount" in page for page in pages)
    assert f"Page 1 of {len(pages)}" in pages[0]


def test_a_template_that_asks_for_what_is_not_there_says_so() -> None:
    with pytest.raises(TypesetFailed, match="nowhere"):
        typeset('#let data = json("/data.json")\n#data.nowhere', {"text": ""})
