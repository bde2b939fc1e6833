"""All e-mail templates of a provider with their languages, for a page that shows them."""

from dataclasses import dataclass

from babel.core import Locale, UnknownLocaleError

from makegood.emails.kinds import EmailKind, Texts, list_kinds
from makegood.emails.models import EmailTemplateVersion
from makegood.emails.templates import TemplateShelf, load_shelf
from makegood.emails.values import FALLBACK
from makegood.providers.models import Provider


@dataclass(frozen=True)
class LanguageOf:
    """One language of a template. version: None where the built-in texts count."""

    code: str
    name: str
    version: EmailTemplateVersion | None


@dataclass(frozen=True)
class TemplateOf:
    """A template as it stands for a provider, with all languages that have texts; the fallback comes first."""

    kind: EmailKind
    active: bool
    languages: list[LanguageOf]


def list_templates(provider: Provider) -> list[TemplateOf]:
    """All templates, in the order in which they are known; two queries."""
    shelf = load_shelf([provider.pk])
    return [
        TemplateOf(kind, shelf.is_active(kind, provider.pk), _list_languages(kind, provider, shelf))
        for kind in list_kinds()
    ]


def find_texts(provider: Provider, kind: EmailKind, language: str) -> Texts:
    """What a person starts from who writes texts in a language: those there are, else the next best."""
    return load_shelf([provider.pk]).choose(kind, provider.pk, language).texts


def name_language(code: str) -> str:
    """The language's name in English, such as *Brazilian Portuguese*; the code itself for an unknown one."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def _list_languages(kind: EmailKind, provider: Provider, shelf: TemplateShelf) -> list[LanguageOf]:
    own = {
        language: version
        for (provider_id, name, language), version in shelf.versions.items()
        if provider_id == provider.pk and name == kind.name
    }
    codes = [FALLBACK, *sorted(code for code in own if code != FALLBACK)]
    return [LanguageOf(code, name_language(code), own.get(code)) for code in codes]
