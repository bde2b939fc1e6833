"""Plots as SVG, made of numbers. Pure: no database, no clock.

Widths are in percent and heights in pixels, so a plot fits every screen and its letters keep their size. Colours are
classes (``plot-…``); nothing is coloured here. What a plot says is also said by the table that stands under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT = 168
GRID_LINES = 4
NARROWEST_BAR = 1
EMPTY = SafeString("")


@dataclass(frozen=True)
class Column:
    """One place on the axis, with a bar for each value. told: what a bar says when it is pointed at."""

    label: str
    values: Sequence[int]
    told: Sequence[str]


@dataclass(frozen=True)
class Slice:
    """A part of a bar. name: of its colour."""

    name: str
    value: int
    told: str


def nice_step(largest: int, lines: int = GRID_LINES) -> int:
    """The distance of so many grid lines that reach beyond `largest`: 1, 2, 2.5 or 5 times a power of ten.

    At least 1. The unit is that of `largest`.
    """
    wanted = max(-(-largest // lines), 1)
    power = 1
    while power * 10 <= wanted:
        power *= 10
    for tenths in (10, 20, 25, 50, 100):
        step = power * tenths // 10
        if step >= wanted and step * 10 == power * tenths:
            return step
    return power * 10


def grid_of(columns: Sequence[Column]) -> list[int]:
    """The values of the grid lines, from 0 upwards."""
    largest = max((value for column in columns for value in column.values), default=0)
    step = nice_step(max(largest, 0))
    return [step * number for number in range(GRID_LINES + 1)]


def draw_columns(columns: Sequence[Column], names: Sequence[str], label: str) -> SafeString:
    """Upright bars side by side, over a grid. names: of the colours, one for each value. Values below 0 count as 0."""
    top = grid_of(columns)[-1]
    width = 100 / max(len(columns), 1)
    parts = [_draw_grid()]
    for place, column in enumerate(columns):
        parts.append(_draw_column(column, names, place * width, width, top))
    return _svg(HEIGHT, label, parts, "plot-area")


def draw_slices(slices: Sequence[Slice], label: str, height: int = 12) -> SafeString:
    """One lying bar, divided in proportion; what is not nothing is at least to be seen."""
    total = sum(max(each.value, 0) for each in slices)
    parts, left = [], 0.0
    for each in slices:
        if each.value <= 0:
            continue
        width = max(100 * each.value / total, NARROWEST_BAR)
        parts.append(_rect(each.name, left, 0, width, height, each.told))
        left += width
    return _svg(height, label, [_rect("rest", 0, 0, 100, height, ""), *parts], "plot-slices")


def draw_bar(value: int, largest: int, name: str, label: str, height: int = 12) -> SafeString:
    """One lying bar, as long as its share of the largest."""
    parts = [_rect("rest", 0, 0, 100, height, "")]
    if value > 0:
        parts.append(_rect(name, 0, 0, max(100 * value / max(largest, value), NARROWEST_BAR), height, ""))
    return _svg(height, label, parts, "plot-slices")


def _draw_grid() -> SafeString:
    heights = [HEIGHT - HEIGHT * number / GRID_LINES for number in range(GRID_LINES + 1)]
    places = [(f"{min(max(y, 0.5), HEIGHT - 0.5):g}",) * 2 for y in heights]
    return format_html_join("", '<line class="plot-line" x1="0" x2="100%" y1="{}" y2="{}"/>', places)


def _draw_column(column: Column, names: Sequence[str], left: float, width: float, top: int) -> SafeString:
    share = width * 0.72 / max(len(names), 1)
    begin = left + width * 0.14
    bars = []
    for number, (name, value, told) in enumerate(zip(names, column.values, column.told, strict=True)):
        height = HEIGHT * max(value, 0) / top
        if value > 0:
            height = max(height, NARROWEST_BAR)
        bars.append(_rect(name, begin + number * share, HEIGHT - height, share * 0.94, height, told))
    return SafeString("".join(bars))


def _rect(name: str, x: float, y: float, width: float, height: float, told: str) -> SafeString:
    title = format_html("<title>{}</title>", told) if told else EMPTY
    return format_html(
        '<rect class="plot-{}" x="{}%" y="{}" width="{}%" height="{}">{}</rect>',
        name, f"{x:.3g}", f"{y:.4g}", f"{width:.3g}", f"{height:.4g}", title,
    )  # fmt: skip


def _svg(height: int, label: str, parts: Sequence[SafeString], css_class: str) -> SafeString:
    return format_html(
        '<svg class="{}" role="img" aria-label="{}" width="100%" height="{}" focusable="false">{}</svg>',
        css_class, label, height, SafeString("".join(parts)),
    )  # fmt: skip
