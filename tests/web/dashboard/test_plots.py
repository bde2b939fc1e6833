"""Plots, drawn from numbers alone."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.web.dashboard.panels import short_amount
from makegood.web.dashboard.plots import (
    GRID_LINES,
    HEIGHT,
    Column,
    Slice,
    draw_bar,
    draw_columns,
    draw_slices,
    grid_of,
    nice_step,
)


def rects_of(drawing: str) -> list[dict[str, str]]:
    return [each.attrib for each in ET.fromstring(drawing).iter("rect")]


@given(largest=st.integers(0, 10**17))
def test_the_grid_reaches_beyond_the_largest_value_and_not_far(largest: int) -> None:
    step = nice_step(largest)
    assert step * GRID_LINES >= largest
    assert step == 1 or step * GRID_LINES <= largest * 3
    assert re.fullmatch(r"(1|2|5|10|25)0*", str(step))


def test_columns_are_as_high_as_what_they_say() -> None:
    drawing = draw_columns(
        [Column("Jan", (100, 50), ("Jan: 100", "Jan: 50")), Column("Feb", (0, -5), ("", ""))],
        ("accent", "calm"),
        "Plot",
    )
    assert grid_of([Column("Jan", (100, 50), ("", ""))]) == [0, 25, 50, 75, 100]
    heights = [float(rect["height"]) for rect in rects_of(drawing)]
    assert heights == [HEIGHT, HEIGHT / 2, 0, 0]
    assert [float(rect["y"]) for rect in rects_of(drawing)][:2] == [0, HEIGHT / 2]


@given(values=st.lists(st.integers(0, 10**15), min_size=1, max_size=12))
def test_no_bar_leaves_the_plot_and_none_that_is_something_is_nothing(values: list[int]) -> None:
    columns = [Column(str(number), (value,), (str(value),)) for number, value in enumerate(values)]
    for rect, value in zip(rects_of(draw_columns(columns, ("accent",), "Plot")), values, strict=True):
        assert 0 <= float(rect["y"]) <= HEIGHT
        assert float(rect["x"].rstrip("%")) + float(rect["width"].rstrip("%")) <= 100.01
        assert (float(rect["height"]) > 0) == (value > 0)


def test_slices_share_the_bar() -> None:
    rest, *slices = rects_of(
        draw_slices([Slice("good", 3, "3 done"), Slice("bad", 1, ""), Slice("calm", 0, "")], "Run")
    )
    assert rest["width"] == "100%"
    assert [(each["class"], each["x"], each["width"]) for each in slices] == [
        ("plot-good", "0%", "75%"),
        ("plot-bad", "75%", "25%"),
    ]


def test_a_bar_of_nothing_is_empty() -> None:
    assert len(rects_of(draw_bar(0, 0, "accent", "Nothing"))) == 1


def test_a_plot_says_what_it_shows_and_has_no_style_of_its_own() -> None:
    drawing = draw_slices([Slice("good", 1, "<b>1 & done")], 'Run "7"')
    assert 'role="img"' in drawing
    assert 'aria-label="Run &quot;7&quot;"' in drawing
    assert "<title>&lt;b&gt;1 &amp; done</title>" in drawing
    assert "style" not in drawing


@pytest.mark.parametrize(
    ("minor", "digits", "said"),
    [
        (0, 2, "0"), (5, 2, "0.05"), (50, 2, "0.5"), (100, 2, "1"), (99_900, 2, "999"), (100_000, 2, "1K"),
        (150_000, 2, "1.5K"), (25_000_000, 2, "250K"), (100_000_000, 2, "1M"), (1_500, 0, "1.5K"),
        (2_500_000, 3, "2.5K"), (10**12, 2, "10B"),
    ],
)  # fmt: skip
def test_amounts_of_the_axis_are_short(minor: int, digits: int, said: str) -> None:
    assert short_amount(minor, digits) == said
