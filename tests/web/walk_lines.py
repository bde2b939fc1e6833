"""What the walk knows of an address, and which addresses there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from makegood.providers.rules import Right
from tests.web.walk_keys import World


@dataclass(frozen=True)
class Line:
    """One address.

    of: the kind of record that each argument of the address names. given: arguments that name no record.
    methods: what it answers; anything else is refused with 405.
    billing: refused while End Customer Billing is off.
    for_all: needs no log-in.
    outside: asked by a program elsewhere, which is known by its address and its signature, not by a log-in or a page.
    whole: whether it answers GET with a whole page, with heading and frame.
    sends: what a post says in order to be understood: fields, each with the kind of record it names.
    """

    right: Right = Right.VIEW
    of: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    methods: str = "GET"
    billing: bool = False
    for_all: bool = False
    outside: bool = False
    whole: bool = True
    sends: Mapping[str, str] = field(default_factory=dict)

    def url(self, name: str, world: World, instead: Mapping[str, Any] | None = None) -> str:
        """The address, about the world's records; instead: other arguments."""
        keys = {argument: world.keys[kind] for argument, kind in self.of.items()}
        return reverse(name, kwargs={**self.given, **keys, **(instead or {})})

    def send(self, world: World) -> dict[str, Any]:
        """What is posted to it."""
        return {name: world.keys[kind] for name, kind in self.sends.items()}


def list_patterns() -> dict[str, URLPattern]:
    """All addresses, from the routing itself, by name."""
    found: dict[str, URLPattern] = {}

    def collect(resolver: URLResolver) -> None:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                collect(pattern)
            else:
                name = str(pattern.name)
                assert name not in found, f"two addresses are called {name}"
                found[name] = pattern

    collect(get_resolver())
    return found


def list_arguments(pattern: URLPattern) -> set[str]:
    """What an address has to be made with."""
    return {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
