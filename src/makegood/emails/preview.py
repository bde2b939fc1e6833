"""What an e-mail would look like: with a real customer and the customer's latest event, or with an example."""

from makegood.customers.models import Customer
from makegood.emails.kinds import EmailKind, Texts
from makegood.emails.services.rendering import PARTS, Content, ContentProblem, fill_in, make_variables
from makegood.emails.template_problem import TemplateProblem
from makegood.providers.models import Provider


def preview(kind: EmailKind, provider: Provider, texts: Texts, language: str, customer: Customer | None) -> Content:
    """The e-mail with these texts to the customer, or to an example of one. Raises ContentProblem."""
    whom = customer or make_example_customer(provider, language)
    own = kind.find_latest(customer) if customer else None
    return fill_in(kind, texts, make_variables(whom, own or kind.example(provider), language))


def find_problems(kind: EmailKind, provider: Provider, texts: Texts, language: str) -> dict[str, TemplateProblem]:
    """What is wrong with each part of the texts, by the name of the part: tried with an example."""
    found: dict[str, TemplateProblem] = {}
    variables = make_variables(make_example_customer(provider, language), kind.example(provider), language)
    for part in PARTS:
        # The other parts are words that cannot be wrong.
        alone = Texts("subject", "text", "")
        try:
            fill_in(kind, _with_part(alone, part, texts), variables)
        except ContentProblem as problem:
            found[part] = problem.problem
    return found


def make_example_customer(provider: Provider, language: str) -> Customer:
    """A customer who does not exist."""
    return Customer(
        provider=provider, number="C-1042", name="Ann Archer", email="ann.archer@example.com", language=language
    )


def _with_part(texts: Texts, part: str, of: Texts) -> Texts:
    return Texts(**{**vars(texts), part: getattr(of, part)})
