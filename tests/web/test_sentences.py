"""Sentences of services, as pages say them."""

import pytest

from makegood.web.frame.sentences import in_words


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("2026-12-01 has not come yet.", "Dec 1, 2026 has not come yet."),
        ("It ends on 2026-02-28; begin before 2026-03-01.", "It ends on Feb 28, 2026; begin before Mar 1, 2026."),
        ("Reference 2026-13-45 is used.", "Reference 2026-13-45 is used."),
        ("Order A-2026-12-01-7 is closed.", "Order A-2026-12-01-7 is closed."),
        ("An amount is needed.", "An amount is needed."),
    ],
)
def test_days_are_said_as_pages_write_them(sentence: str, said: str) -> None:
    assert in_words(sentence) == said
