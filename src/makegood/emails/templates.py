"""Which texts an e-mail is made from: the provider's own in the customer's language or near it, else the built-in."""

from collections.abc import Collection
from dataclasses import dataclass

from makegood.emails.kinds import EmailKind, Texts
from makegood.emails.models import EmailTemplate, EmailTemplateVersion
from makegood.emails.values import FALLBACK, list_languages


@dataclass(frozen=True)
class Chosen:
    """The texts for one customer, and the language they are in. version_id: None for the built-in texts."""

    texts: Texts
    language: str
    version_id: int | None = None


@dataclass(frozen=True)
class TemplateShelf:
    """All templates of some providers as they are now: what is active, and the current version in each language."""

    switches: dict[tuple[int, str], bool]
    versions: dict[tuple[int, str, str], EmailTemplateVersion]

    def is_active(self, kind: EmailKind, provider_id: int) -> bool:
        """Whether the provider sends e-mail of that kind."""
        return self.switches.get((provider_id, kind.name), kind.active)

    def choose(self, kind: EmailKind, provider_id: int, language: str) -> Chosen:
        """The texts in the language, else in its base language, else in the fallback, else the built-in ones."""
        for wanted in dict.fromkeys([*list_languages(language), FALLBACK]):
            version = self.versions.get((provider_id, kind.name, wanted))
            if version is not None:
                return Chosen(texts_of(version), wanted, version.pk)
        return Chosen(kind.texts, FALLBACK)


def load_shelf(provider_ids: Collection[int]) -> TemplateShelf:
    """The templates of these providers; two queries."""
    switches = EmailTemplate.objects.filter(provider__in=provider_ids).values_list("provider_id", "name", "active")
    versions = EmailTemplateVersion.objects.filter(provider__in=provider_ids)
    current = versions.order_by("provider_id", "name", "language", "-number").distinct(
        "provider_id", "name", "language"
    )
    return TemplateShelf(
        {(provider_id, name): active for provider_id, name, active in switches},
        {(each.provider_id, each.name, each.language): each for each in current if not each.withdrawn},
    )


def texts_of(version: EmailTemplateVersion) -> Texts:
    """The three parts of a version."""
    return Texts(version.subject, version.text, version.html)
