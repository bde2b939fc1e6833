"""Writing, checking, withdrawing and choosing the texts of an e-mail template."""

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from pytest_django import Settings

from makegood.audit.models import AuditEntry
from makegood.emails.kinds import Texts, get_kind, list_kinds
from makegood.emails.models import EmailTemplateVersion, Message
from makegood.emails.preview import find_problems, preview
from makegood.emails.selectors import get_email_settings, list_versions
from makegood.emails.services.rendering import Rendered, Unrenderable, render_messages
from makegood.emails.services.settings import set_email_settings
from makegood.emails.services.templates import TextsRefused, reset_texts, save_texts, set_active
from makegood.emails.services.test_mail import send_test_mail
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership, Provider
from tests.emails.texts import TEXTS, in_language
from tests.support import records

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def north(db: None) -> Provider:
    return records.add_provider()


@pytest.fixture
def admin(north: Provider) -> Membership:
    return records.add_person(north, "admin")


def save(admin: Membership, texts: Texts, language: str = "en", seen: int | None = None) -> EmailTemplateVersion:
    return save_texts(membership=admin, name="new_credits", language=language, texts=texts, seen_number=seen)


def subject_for(provider: Provider, language: str) -> str:
    """The subject of what a customer of that language would get now."""
    clerk = records.add_person(provider, "billing", f"{language}@north.example")
    customer = records.add_customer(provider, f"L-{language}", language=language)
    run = records.credit(clerk, customers=[customer], notify=True)
    (answer,) = render_messages(list(Message.objects.filter(cause_id=run.pk)))
    assert isinstance(answer, Rendered)
    return answer.subject


@pytest.mark.parametrize("name", ["new_credits", "credit_changed", "payment_failed", "payment_received", "refund"])
def test_the_built_in_texts_have_no_problem_and_every_variable_a_value(north: Provider, name: str) -> None:
    kind = get_kind(name)
    assert find_problems(kind, north, kind.texts, "en") == {}
    for variable in kind.variables:
        path = variable.name.replace("[]", "[0]" if "." in variable.name.split("[]")[-1] else ".size")
        shown = preview(kind, north, Texts("s", f"{{{{ {path} }}}}x", ""), "en", None)
        assert shown.text.endswith("x"), variable.name


def test_new_credits_is_sent_unless_switched_off_and_credit_changed_the_other_way_round() -> None:
    active = {kind.name: kind.active for kind in list_kinds()}
    assert active["new_credits"]
    assert not active["credit_changed"]


def test_a_customer_gets_the_nearest_language(north: Provider, admin: Membership) -> None:
    assert subject_for(north, "fr") == "North: $10.00 has been credited to your account"
    save(admin, in_language("Olá"), "pt")
    save(admin, in_language("Hello"), "en")
    assert subject_for(north, "pt-BR").startswith("Olá")
    assert subject_for(north, "pt").startswith("Olá")
    assert subject_for(north, "de").startswith("Hello")
    save(admin, in_language("Oi"), "pt-BR")
    assert subject_for(north, "pt-AO").startswith("Olá")


def test_every_version_is_kept_and_the_newest_counts(north: Provider, admin: Membership) -> None:
    first, second = save(admin, in_language("One")), save(admin, in_language("Two"))
    assert [first.number, second.number] == [1, 2]
    assert save(admin, in_language("Two")).pk == second.pk, "the same again is no new version"
    reset_texts(membership=admin, name="new_credits", language="en")
    third = save(admin, in_language("Three"))
    assert third.number == 4
    kept = [(version.number, version.withdrawn) for version in list_versions(north, "new_credits", "en")]
    assert kept == [(4, False), (3, True), (2, False), (1, False)]
    with pytest.raises(DatabaseError), transaction.atomic():
        EmailTemplateVersion.objects.filter(pk=first.pk).update(subject="forged")
    actions = AuditEntry.objects.filter(subject_type="email_template").order_by("id").values_list("action", flat=True)
    assert list(actions) == [f"email_template.{what}" for what in ("saved", "saved", "reset", "saved")]


def test_reset_brings_the_built_in_texts_back(north: Provider, admin: Membership) -> None:
    save(admin, in_language("Mine"))
    reset_texts(membership=admin, name="new_credits", language="en")
    assert subject_for(north, "en") == "North: $10.00 has been credited to your account"
    with pytest.raises(Refused, match="no texts of its own"):
        reset_texts(membership=admin, name="new_credits", language="en")


def test_who_is_slower_does_not_undo_what_somebody_else_has_saved(admin: Membership) -> None:
    save(admin, in_language("One"), seen=0)
    with pytest.raises(Refused) as refused:
        save(admin, in_language("Two"), seen=0)
    assert refused.value.code == "changed_meanwhile"
    assert save(admin, in_language("Two"), seen=1).number == 2


def test_each_wrong_part_is_named_with_its_place(admin: Membership) -> None:
    wrong = Texts("{{ customer.nmae }}", "a\n\n{% if total %}", "<p>{{ total | shout }}</p>")
    with pytest.raises(TextsRefused) as refused:
        save(admin, wrong)
    places = {part: (problem.line, problem.column) for part, problem in refused.value.problems.items()}
    assert places == {"subject": (1, 4), "text": (3, 4), "html": (1, 15)}
    assert refused.value.message.startswith("Subject: Line 1, column 4: There is no variable “customer.nmae”")
    assert not EmailTemplateVersion.objects.exists()


@pytest.mark.parametrize(
    ("texts", "part", "words"),
    [
        (Texts(" ", "x", ""), "subject", "missing"),
        (Texts("x", "", ""), "text", "missing"),
        (Texts("s" * 501, "x", ""), "subject", "at most 500"),
        (Texts("x", "t" * 100_001, ""), "text", "at most 100,000"),
        (Texts("x", "a\x00b", ""), "text", "U+0000"),
        (Texts("x", "x", "a\ud800"), "html", "U+D800"),
        (Texts("{% if false %}x{% endif %}", "x", ""), "subject", "Nothing is left"),
        (Texts("x", "{% for i in (1..999999999) %}x{% endfor %}", ""), "text", "range"),
        (Texts("x", "x", "{{ total | truncate: 'x' }}"), "html", "integer"),
    ],
)
def test_texts_that_no_e_mail_can_be_made_from_are_refused(
    admin: Membership, texts: Texts, part: str, words: str
) -> None:
    with pytest.raises(TextsRefused) as refused:
        save(admin, texts)
    assert list(refused.value.problems) == [part]
    assert words in refused.value.problems[part].sentence


@pytest.mark.parametrize("language", ["", "xx", "english", "../../etc", "de DE", "d" * 40])
def test_a_language_that_does_not_exist_is_refused(admin: Membership, language: str) -> None:
    with pytest.raises(Refused) as refused:
        save(admin, TEXTS, language)
    assert refused.value.code == "language_unknown"


@pytest.mark.parametrize("role", ["viewer", "agent", "billing", "manager"])
def test_who_may_not_change_settings_changes_no_template(north: Provider, role: str) -> None:
    person = records.add_person(north, role)
    with pytest.raises(Refused):
        save(person, TEXTS)
    with pytest.raises(Refused):
        set_active(membership=person, name="new_credits", active=False)
    with pytest.raises(Refused):
        send_test_mail(membership=person, name="new_credits", language="en", texts=TEXTS)


def test_a_template_that_fails_stands_in_nobodys_way(north: Provider, admin: Membership) -> None:
    clerk = records.add_person(north)
    first, second = records.add_customers(north, 2)
    texts = Texts("x", "{% if customer.number == 'C1' %}{{ credits[5].amount }}{% endif %}ok", "")
    save(admin, texts)
    run = records.credit(clerk, customers=[first, second], notify=True)
    failed, fine = render_messages(list(Message.objects.filter(cause_id=run.pk).order_by("id")))
    assert isinstance(failed, Unrenderable)
    assert failed.words == (
        "The e-mail template cannot be filled in. Text: Line 1, column 36: The list is shorter than this asks for."
    )
    assert isinstance(fine, Rendered)
    assert fine.text == "ok"


def test_a_version_that_names_what_is_gone_fails_with_words(north: Provider, admin: Membership) -> None:
    EmailTemplateVersion.objects.create(
        provider=north,
        name="new_credits",
        language="en",
        number=1,
        subject="x",
        text="{{ old_variable }}",
        html="",
        created_by=admin.staff,
        created_at=north.created_at,
    )
    run = records.credit(records.add_person(north), customers=[records.add_customer(north)], notify=True)
    (answer,) = render_messages(list(Message.objects.filter(cause_id=run.pk)))
    assert isinstance(answer, Unrenderable)
    assert "There is no variable “old_variable”" in answer.words


def test_a_preview_shows_the_customers_latest_credit(north: Provider) -> None:
    customer = records.add_customer(north, name="Ann <b>")
    kind = get_kind("new_credits")
    assert "Outage in your area" in preview(kind, north, kind.texts, "en", customer).text, (
        "an example, until there is one"
    )
    records.credit(records.add_person(north), customers=[customer], amount_minor=1234, description="Storm")
    shown = preview(kind, north, kind.texts, "en", customer)
    assert shown.subject == "North: $12.34 has been credited to your account"
    assert "Storm" in shown.text
    assert "Ann &lt;b&gt;" in shown.html


def test_a_test_mail_goes_to_oneself_and_leaves_nothing_in_the_outbox(
    north: Provider, admin: Membership, settings: Settings
) -> None:
    settings.MAKEGOOD_SMTP = object()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "installation@example.org"
    address = send_test_mail(membership=admin, name="new_credits", language="en", texts=TEXTS)
    set_email_settings(
        membership=admin, sender_name="", sender_address="billing@north.example", reply_to="help@north.example",
        per_minute=5,
    )  # fmt: skip
    send_test_mail(membership=admin, name="new_credits", language="en", texts=TEXTS)
    first, second = mail.outbox
    assert (address, first.to, first.from_email) == (
        "admin@north.example", ["admin@north.example"], "installation@example.org",
    )  # fmt: skip
    assert first.subject == "Test: Hello Ann Archer"
    assert (second.from_email, second.reply_to) == ("North <billing@north.example>", ["help@north.example"])
    assert not Message.objects.exists()


def test_a_test_mail_without_a_server_is_refused(admin: Membership, settings: Settings) -> None:
    settings.MAKEGOOD_SMTP = None
    with pytest.raises(Refused, match="No mail server is set"):
        send_test_mail(membership=admin, name="new_credits", language="en", texts=TEXTS)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sender_address": "nobody"}, "sender_address"),
        ({"sender_address": "a@b.example\nBcc: c@d.example"}, "sender_address"),
        ({"reply_to": "a b@example.org"}, "reply_to"),
        ({"sender_address": "jürgen@example.org"}, "sender_address"),
        ({"per_minute": 0}, "per_minute"),
        ({"sender_name": "x" * 201}, "sender_name"),
        ({"sender_name": "North\r\nBcc: x"}, "sender_name"),
    ],
)
def test_a_sender_that_cannot_be_is_refused_beside_the_field(
    admin: Membership, fields: dict[str, object], field: str
) -> None:
    wanted = {"sender_name": "", "sender_address": "", "reply_to": "", "per_minute": 60, **fields}
    with pytest.raises(Refused) as refused:
        set_email_settings(membership=admin, **wanted)  # type: ignore[arg-type]  # values of several types
    assert refused.value.field == field


def test_the_sender_is_the_providers(admin: Membership) -> None:
    before = get_email_settings(admin.provider)
    assert (before.sender_address, before.per_minute) == ("", 600)
    set_email_settings(membership=admin, sender_name="Billing", sender_address="b@n.example", reply_to="", per_minute=7)
    after = get_email_settings(admin.provider)
    assert (after.sender_name, after.sender_address, after.per_minute) == ("Billing", "b@n.example", 7)
