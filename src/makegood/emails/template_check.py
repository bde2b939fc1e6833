"""Finds what a part of a template may not name or do, before any e-mail is made from it. Pure: no database."""

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from liquid import Node
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate

from makegood.emails.kinds import Variable
from makegood.emails.sandbox import FILTERS, MOST_FILTERS, get_sandbox
from makegood.emails.template_problem import TemplateProblem, explain, locate, say_no_filter, suggest

LONGEST_CODE = 500
"""Characters between braces. Liquid takes the square of them to read a piece, and more if it never ends."""


class Leaf(Enum):
    """What has no parts: a text, or something that only is known when the e-mail is made."""

    TEXT = "text"
    ANYTHING = "anything"


Shape = dict[str, "Shape"] | list["Shape"] | Leaf
"""What a variable is: parts by name, a list of one kind of thing, or a leaf."""

_FORLOOP: Shape = dict.fromkeys(("first", "index", "index0", "last", "length", "rindex", "rindex0"), Leaf.TEXT)


def parse_part(source: str, variables: tuple[Variable, ...], *, html: bool) -> BoundTemplate:
    """The part, ready to be filled in. Raises TemplateProblem for the first mistake, or unknown variable, in it."""
    parsed = _parse_part(source, variables, html=html)
    if isinstance(parsed, BoundTemplate):
        return parsed
    raise TemplateProblem(parsed.sentence, parsed.line, parsed.column, parsed.piece)


@lru_cache(maxsize=1024)
def _parse_part(source: str, variables: tuple[Variable, ...], *, html: bool) -> BoundTemplate | TemplateProblem:
    environment = get_sandbox(html=html)
    try:
        _require_short(source)
        template = environment.from_string(source)
        _Walk(source, template).check(make_shape(variables))
    except TemplateProblem as problem:
        return problem
    except LiquidError as error:
        return explain(error, source, environment)
    return template


def _require_short(source: str) -> None:
    """Raises TemplateProblem for code so long, closed or not, that reading it would take too much time."""
    place = 0
    while (place := source.find("{", place)) >= 0:
        closes = {"{": "}}", "%": "%}"}.get(source[place + 1 : place + 2])
        if closes is None:
            place += 1
            continue
        end = source.find(closes, place + 2)
        if (len(source) if end < 0 else end) - place > LONGEST_CODE:
            said = "is not closed" if end < 0 else f"has more than {LONGEST_CODE:,} characters"
            raise locate(source, place, f"What begins here {said}.")
        place = end if end >= 0 else len(source)


def make_shape(variables: tuple[Variable, ...]) -> dict[str, Shape]:
    """The variables as a tree: ``credits[].amount`` is the part *amount* of each thing in the list *credits*."""
    tree: dict[str, Shape] = {}
    for variable in variables:
        here = tree
        *above, last = variable.name.split(".")
        for name in above:
            if name.endswith("[]"):
                below = here.setdefault(name[:-2], [{}])
                below = below[0] if isinstance(below, list) else below
            else:
                below = here.setdefault(name, {})
            if not isinstance(below, dict):
                raise ValueError(f"The variable {variable.name} is below another that has no parts.")
            here = below
        if last.endswith("[]"):
            here.setdefault(last[:-2], [{}])
        else:
            here[last] = Leaf.TEXT
    return tree


class _Walk:
    """Goes over a parsed part from beginning to end, with what each name stands for."""

    def __init__(self, source: str, template: BoundTemplate) -> None:
        self.source = source
        self.nodes = template.nodes
        self.context = RenderContext(template)

    def check(self, names: dict[str, Shape]) -> None:
        for node in self.nodes:
            self._check_node(node, names)

    def _check_node(self, node: Node, names: dict[str, Shape]) -> None:
        for expression in node.expressions():
            self._check_expression(expression, names)
        if isinstance(node, OutputNode):
            self._check_output(node.expression, names)
        if isinstance(node, ForNode):
            self._check_loop(node, names)
            return
        for child in node.children(self.context):
            self._check_node(child, names)
        for name in node.template_scope():
            names[str(name)] = self._find_shape(node.expression, names) if isinstance(node, AssignNode) else Leaf.TEXT

    def _check_loop(self, node: ForNode, names: dict[str, Shape]) -> None:
        own: dict[str, Shape] = {
            node.expression.identifier: self._find_each(node.expression, names),
            "forloop": _FORLOOP,
        }
        inside = {**names, **own}
        for child in node.children(self.context):
            self._check_node(child, inside)
        # What is set inside a loop is still there after it, what belongs to the loop is not.
        names.update({name: shape for name, shape in inside.items() if name not in own})

    def _check_expression(self, expression: Expression, names: Mapping[str, Shape]) -> None:
        if isinstance(expression, Path):
            self._find(expression, names)
            return
        if isinstance(expression, RangeLiteral):
            raise self._locate(expression, "A range such as (1..9) cannot be used here.")
        if isinstance(expression, FilteredExpression):
            filters = expression.filters or ()
            if len(filters) > MOST_FILTERS:
                raise self._locate(expression, f"At most {MOST_FILTERS} filters can follow each other.")
            for each in filters:
                if each.name not in FILTERS:
                    raise locate(self.source, each.token.start_index, say_no_filter(each.name))
        for child in expression.children():
            self._check_expression(child, names)

    def _check_output(self, expression: Expression, names: Mapping[str, Shape]) -> None:
        shape = self._find_shape(expression, names)
        if isinstance(shape, dict):
            first = next(iter(shape))
            raise self._locate(
                expression, f"“{expression}” has parts; write one of them, such as {expression}.{first}."
            )
        if isinstance(shape, list):
            raise self._locate(expression, f"“{expression}” is a list; go over it with {{% for %}}.")

    def _find_each(self, loop: LoopExpression, names: Mapping[str, Shape]) -> Shape:
        shape = self._find_shape(loop.iterable, names)
        if isinstance(shape, list):
            return shape[0]
        if shape is Leaf.ANYTHING:
            return Leaf.ANYTHING
        raise self._locate(loop.iterable, f"“{loop.iterable}” is not a list.")

    def _find_shape(self, expression: Expression, names: Mapping[str, Shape]) -> Shape:
        if isinstance(expression, Path):
            return self._find(expression, names)
        if not isinstance(expression, FilteredExpression):
            return Leaf.TEXT
        if not expression.filters:
            return self._find_shape(expression.left, names)
        may_give_parts = {"default", "first", "last"}.intersection(each.name for each in expression.filters)
        return Leaf.ANYTHING if may_give_parts else Leaf.TEXT

    def _find(self, path: Path, names: Mapping[str, Shape]) -> Shape:
        shape: Shape = dict(names)
        for place, segment in enumerate(path.path):
            if isinstance(segment, Path):
                raise self._locate(path, "Only a number or a word in quotes can stand in brackets here.")
            below = _find_part(shape, segment)
            if below is None:
                before = "".join(f"{each}." for each in path.path[:place])
                known = [f"{before}{name}" for name in shape] if isinstance(shape, dict) else []
                wanted = f"{before}{segment}"
                raise self._locate(path, f"There is no variable “{wanted}”{suggest(wanted, known)}.")
            shape = below
        return shape

    def _locate(self, expression: Expression, sentence: str) -> TemplateProblem:
        return locate(self.source, expression.token.start_index, sentence)


def _find_part(shape: Shape, name: str | int) -> Shape | None:
    if shape is Leaf.ANYTHING:
        return shape
    if isinstance(shape, dict):
        return shape.get(str(name))
    if name == "size":
        return Leaf.TEXT
    if isinstance(shape, list) and (isinstance(name, int) or name in ("first", "last")):
        return shape[0]
    return None
