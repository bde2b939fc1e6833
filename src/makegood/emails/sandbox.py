"""Liquid in a sandbox: what a template of a provider can do, and how much of it. Pure: no database.

A template sees texts, lists and mappings only and can load nothing; loops, steps, memory, output and time are bounded.
"""

import time
from collections.abc import Mapping
from functools import lru_cache

from liquid import Environment
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.template import BoundTemplate
from liquid.undefined import FalsyStrictUndefined

TAGS = ("assign", "break", "capture", "case", "comment", "continue", "cycle", "for", "if", "raw", "unless")
"""The tags that a template may use. (Liquid reads *raw* before it looks for tags.)"""

FILTERS = (
    "append", "capitalize", "default", "downcase", "escape", "first", "last", "lstrip", "newline_to_br", "prepend",
    "remove", "rstrip", "size", "slice", "strip", "truncate", "truncatewords", "upcase", "url_encode",
)  # fmt: skip
"""The filters that a template may use: none that could make much out of little, and none that undoes escaping."""

LARGEST_OUTPUT = 500_000
"""Bytes that one part of one e-mail may have."""

MOST_ITERATIONS = 10_000
MOST_STEPS = 200_000
LARGEST_LOCALS = 100_000
MOST_SECONDS = 1.0
"""Of the processor's time, so that a busy machine makes no e-mail fail."""

MOST_FILTERS = 20
"""One after the other in one place: between them nobody looks at the clock."""

_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 8


class _BoundedContext(RenderContext):
    """Counts the steps of a template: each node asks for `disabled_tags` before it does anything."""

    @property
    def disabled_tags(self) -> list[str]:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise ResourceLimitError("it does too much", token=None)
        if not self._steps % _STEPS_BETWEEN_LOOKS_AT_THE_CLOCK and time.thread_time() > self._until:
            raise ResourceLimitError("it takes too long", token=None)
        return []

    @disabled_tags.setter
    def disabled_tags(self, value: list[str]) -> None:
        self._steps = 0
        self._until = time.thread_time() + MOST_SECONDS


class _BoundedTemplate(BoundTemplate):
    context_class = _BoundedContext


class _Sandbox(Environment):
    template_class = _BoundedTemplate
    output_stream_limit = LARGEST_OUTPUT
    loop_iteration_limit = MOST_ITERATIONS
    local_namespace_limit = LARGEST_LOCALS
    context_depth_limit = 20
    block_nesting_limit = 20

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=False)
        inner = {"content", "output", "illegal", "#"}
        self.tags = {name: tag for name, tag in self.tags.items() if name in inner.union(TAGS)}
        self.filters = {name: self.filters[name] for name in FILTERS}


@lru_cache(maxsize=2)
def get_sandbox(*, html: bool) -> Environment:
    """The environment for HTML, where values are escaped, or for plain text, where they are not."""
    return _Sandbox(autoescape=html, undefined=FalsyStrictUndefined)


def run_template(template: BoundTemplate, variables: Mapping[str, object]) -> str:
    """The template with its variables filled in. Raises LiquidError for whatever it cannot or may not do."""
    try:
        return template.render(variables)
    except LiquidError:
        raise
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise LiquidError(f"a filter or a tag cannot be applied here ({type(error).__name__})", token=None) from error
