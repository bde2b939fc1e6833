"""What a template may not do, name or become, and that it is said where."""

import time
from typing import Any

import pytest
from liquid.exceptions import LiquidError

from makegood.emails.kinds import EVERYWHERE, Variable
from makegood.emails.sandbox import LARGEST_OUTPUT, MOST_SECONDS, get_sandbox, run_template
from makegood.emails.template_check import parse_part
from makegood.emails.template_problem import TemplateProblem, explain

VARIABLES = (
    *EVERYWHERE,
    Variable("credits[]", "The credits."),
    Variable("credits[].amount", "What it is worth."),
    Variable("credits[].description", "What it is for."),
    Variable("total", "All together."),
)
VALUES: dict[str, Any] = {
    "customer": {"number": "N-1", "name": "<b>Ann & Co</b>", "email": "ann@example.org", "language": "en"},
    "provider": {"name": "North"},
    "credits": [{"amount": "$1.00", "description": "x" * 500}] * 3,
    "total": "$3.00",
}


def fill(source: str, *, html: bool = False) -> str:
    template = parse_part(source, VARIABLES, html=html)
    return run_template(template, VALUES)


def problem_in(source: str) -> TemplateProblem:
    """What is said of a template, whether it is found before or while it is filled in."""
    try:
        fill(source)
    except TemplateProblem as problem:
        return problem
    except LiquidError as error:
        return explain(error, source, get_sandbox(html=False))
    pytest.fail("Nothing was wrong.")


@pytest.mark.parametrize(
    ("source", "place", "words"),
    [
        ("Hello\n{{ customer.nmae }}", (2, 4), "no variable “customer.nmae”; there is “customer.name”"),
        ("{{ custmer.name }}", (1, 4), "no variable “custmer”; there is “customer”"),
        ("{% for c in credits %}{{ c.amuont }}{% endfor %}", (1, 26), "no variable “c.amuont”; there is “c.amount”"),
        ("{% for c in credits %}{% endfor %}{{ c.amount }}", (1, 38), "no variable “c”"),
        ("{% if foo %}x{% endif %}", (1, 7), "no variable “foo”"),
        ("{% if total %}{{ foo }}{% else %}{{ bar }}{% endif %}", (1, 18), "no variable “foo”"),
        ("{{ total | downcaes }}", (1, 12), "no filter “downcaes”; there is “downcase”"),
        ("{{ total | safe }}", (1, 12), "no filter “safe”"),
        ("{% include 'x' %}", (1, 4), "no tag “include”"),
        ("{% render 'x' %}", (1, 4), "no tag “render”"),
        ("\n\n  {% fro c in credits %}", (3, 6), "no tag “fro”; there is “for”"),
        ("a\n{% for c in credits %}\n{{ c.amount }}", (2, 4), "The tag “for” is not closed: {% endfor %} is missing."),
        ("{% endif %}", (1, 4), "The tag “endif” belongs to nothing here."),
        ("hello {{ total ", (1, 7), "cannot be read"),
        ("x {{ }}", (1, 3), "cannot be read"),
        ("{{ total total }}", (1, 10), "cannot be read"),
        ("{{ customer }}", (1, 4), "“customer” has parts; write one of them, such as customer.number."),
        ("{{ credits }}", (1, 4), "“credits” is a list"),
        ("{% for c in total %}{% endfor %}", (1, 13), "“total” is not a list."),
        ("{{ customer[total] }}", (1, 4), "in brackets"),
        ("{{ credits[7].amount }}", (1, 4), "The list is shorter"),
        ("{{ now }}", (1, 4), "no variable “now”"),
    ],
)
def test_a_mistake_is_named_with_its_place(source: str, place: tuple[int, int], words: str) -> None:
    problem = problem_in(source)
    assert words in problem.sentence
    assert (problem.line, problem.column) == place
    assert problem.piece in source


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ credits.size }} {{ credits.first.amount }} {{ credits[0].amount }}", "3 $1.00 $1.00"),
        ("{% assign c = credits | first %}{{ c.amount }}", "$1.00"),
        ("{% capture x %}{{ total }}!{% endcapture %}{{ x }}", "$3.00!"),
        ("{% for c in credits %}{{ forloop.index }}{% endfor %}", "123"),
        ("{% for c in credits %}{% assign last = c.amount %}{% endfor %}{{ last }}", "$1.00"),
        ("{% case customer.language %}{% when 'en' %}E{% else %}?{% endcase %}", "E"),
        ("{% raw %}{{ not.read }}{% endraw %}", "{{ not.read }}"),
        ("{% comment %}{{ not.read }}{% endcomment %}", ""),
        ("{{ credits[7].amount | default: 'none' }}", "none"),
        ("{% if credits[7] %}yes{% else %}no{% endif %}", "no"),
        ("{{ customer.number | append: '?' | url_encode }}", "N-1%3F"),
    ],
)
def test_what_is_right_works(source: str, shown: str) -> None:
    assert fill(source) == shown


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{% for i in (1..1000000000) %}x{% endfor %}", id="an endless loop"),
        pytest.param("{% for i in (1..1000000000) reversed %}x{% endfor %}", id="a list too long to turn round"),
        pytest.param("{% for a in credits %}" * 9 + "x" + "{% endfor %}" * 9, id="loops in loops"),
        pytest.param(
            "{% for a in credits %}{% for b in credits %}{% for c in credits %}"
            + "{% if true %}{% endif %}" * 10_000
            + "{% endfor %}{% endfor %}{% endfor %}",
            id="much for nothing",
        ),
        pytest.param("{% assign a = 'xxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 60, id="doubling"),
        pytest.param("x" * 1_000_000, id="a million characters"),
        pytest.param("{% " + "a" * 90_000, id="a word that never ends"),
        pytest.param("{% if total" + " " * 90_000 + "%}{% endif %}", id="nothing for long"),
        pytest.param("{% if " + "(" * 40_000 + "total" + ")" * 40_000 + " %}{% endif %}", id="brackets in brackets"),
        pytest.param(
            "{% capture a %}" + "x" * 45_000 + "{% endcapture %}{{ a" + " | append: a" * 80 + " | size }}",
            id="filters after filters",
        ),
        pytest.param("{% if true %}" * 100 + "{% endif %}" * 100, id="too deep"),
    ],
)
def test_what_would_never_end_or_never_fit_is_refused_at_once(source: str) -> None:
    began = time.thread_time()
    problem = problem_in(source)
    assert time.thread_time() - began < 3 * MOST_SECONDS
    assert problem.sentence


def test_the_largest_e_mail_fits_and_a_larger_one_does_not() -> None:
    assert len(fill("x" * LARGEST_OUTPUT)) == LARGEST_OUTPUT
    assert "too large" in problem_in("x" * (LARGEST_OUTPUT + 1)).sentence


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer.name }}",
        '<i title="{{ customer.name }}">',
        "{% capture x %}{{ customer.name }}{% endcapture %}{{ x }}",
        "{{ '<hr>' | append: customer.name }}",
        "{{ customer.name | newline_to_br }}",
        "{{ customer.name | escape }}",
        "{% assign x = customer.name | upcase %}{{ x | downcase }}",
        "{{ customer.name | prepend: '<hr>' }}",
    ],
)
def test_what_customers_are_called_is_never_markup(source: str) -> None:
    shown = fill(source, html=True)
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown.lower()
    assert "<b>Ann & Co</b>" in fill("{{ customer.name }}"), "plain text shows it as it is"
