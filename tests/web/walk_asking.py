"""Asks pages, one request at a time, each taken back after it."""

import copy
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from makegood.providers.models import Membership
from tests.support.documents import read_document
from tests.web.people import open_browser
from tests.web.reading import source_of
from tests.web.walk_world import taken_back

ALLOWED = {200, 204, 302, 400, 409, 410, 422}
"""Answers of a page that a person may use: done, gone on, or refused with a reason."""


@dataclass(frozen=True)
class Said:
    """An answer. status: 500 if the page broke; then text says how. leads_to: where it sends one, if anywhere."""

    status: int
    text: str
    leads_to: str = ""


class Asker:
    """A person's browser that forgets everything after each request; nobody's without a person."""

    def __init__(self, membership: Membership | None = None) -> None:
        self._client = open_browser(membership) if membership else Client()
        self._cookies = copy.deepcopy(self._client.cookies)
        self._provider = membership.provider.slug if membership else ""

    def ask(self, method: str, url: str, data: Mapping[str, Any] | None = None, *, target: str = "") -> Said:
        """One request; with a target as the partial request for that part of the page."""
        headers = {"HX-Request": "true", "HX-Target": target, "X-Makegood-Provider": self._provider} if target else {}
        self._client.cookies = copy.deepcopy(self._cookies)
        try:
            with taken_back():
                answer: Any = (
                    self._client.generic(method, url, headers=headers)
                    if method not in ("GET", "POST")
                    else (getattr(self._client, method.lower())(url, dict(data or {}), headers=headers))
                )
                leads_to = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
                return Said(answer.status_code, _text_of(answer), leads_to)
        except Exception:
            return Said(500, traceback.format_exc(limit=-3))


def _text_of(answer: Any) -> str:
    """What it says; of a document, the words on its pages."""
    is_document = answer.headers.get("Content-Type") == "application/pdf"
    return read_document(answer.content) if is_document else source_of(answer)


@dataclass(frozen=True)
class Form:
    """A form of a page. fields: its values as they stand; choices: those that name a record, with what they offer."""

    method: str
    action: str
    fields: dict[str, str]
    choices: frozenset[str]


class _Reader(HTMLParser):
    """Collects addresses and forms."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._choices: set[str] = set()
        self._fields: dict[str, str] | None = None
        self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        for name, method in (("href", "GET"), ("hx-get", "GET"), ("hx-post", "POST"), ("formaction", "POST")):
            if values.get(name) and tag != "link":
                self.addresses.append((method, values[name]))
        if tag == "form":
            self._fields, self._choices = {}, set()
            self._form = (values.get("method", "get").upper(), values.get("action", ""))
            if values.get("action"):
                self.addresses.append((self._form[0], values["action"]))
        elif self._fields is not None and values.get("name", self._select):
            self._read_field(tag, values)

    def _read_field(self, tag: str, values: dict[str, str]) -> None:
        assert self._fields is not None
        if tag == "select":
            self._select = values["name"]
            self._fields[self._select] = ""
        elif tag == "option":
            self._choose(self._select, values, "selected" in values)
        elif tag == "textarea":
            self._text = values["name"]
            self._fields[self._text] = ""
        elif tag in ("input", "button"):
            kind = values.get("type", "text")
            if kind in ("radio", "checkbox", "hidden"):
                self._choose(values["name"], values, kind == "hidden" or "checked" in values)
            elif kind not in ("file", "submit") and tag == "input":
                self._fields[values["name"]] = values.get("value", "")

    def _choose(self, name: str, values: dict[str, str], chosen: bool) -> None:
        assert self._fields is not None
        value = values.get("value", "on" if values.get("type") == "checkbox" else "")
        if chosen:
            self._fields[name] = value
        if re.fullmatch(r"\d+", value):
            self._choices.add(name)

    def handle_data(self, data: str) -> None:
        if self._text and self._fields is not None:
            self._fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._fields is not None:
            self.forms.append(Form(*self._form, self._fields, frozenset(self._choices)))
            self._fields = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""


def read_forms(text: str) -> list[Form]:
    """The forms of a page."""
    reader = _Reader()
    reader.feed(text)
    return reader.forms


def read_addresses(text: str, page: str) -> Iterator[tuple[str, str]]:
    """Where a page leads, inside this site: method and address."""
    reader = _Reader()
    reader.feed(text)
    for method, address in reader.addresses:
        if address.startswith("?"):
            yield method, page.partition("?")[0] + address
        elif address.startswith("/") and not address.startswith("/static/"):
            yield method, address.partition("#")[0]
        else:
            # mailto: and tel: lead out of the browser; nothing else may.
            assert address.startswith(("#", "mailto:", "tel:", "/static/")), f"{page} leads to {address}"
