"""Texts of a template that are easy to recognise."""

from makegood.emails.kinds import Texts

TEXTS = Texts(
    subject="Hello {{ customer.name }}",
    text="{% for credit in credits %}{{ credit.amount }} {{ credit.description }}\n{% endfor %}= {{ total }}",
    html="<p>{{ customer.name }}</p>",
)


def in_language(word: str) -> Texts:
    """Texts that begin with a word of the language."""
    return Texts(f"{word} {{{{ total }}}}", f"{word} {{{{ customer.name }}}}", f"<p>{word} {{{{ customer.name }}}}</p>")
