"""What a person can do with e-mail templates: write texts in a language, withdraw them, switch them on and off."""

from django.db import IntegrityError, transaction

from makegood.audit.services import record
from makegood.emails.kinds import EmailKind, Texts
from makegood.emails.models import EmailTemplate, EmailTemplateVersion
from makegood.emails.preview import find_problems
from makegood.emails.selectors import find_current_version, find_last_number, get_known_kind
from makegood.emails.services.rendering import PARTS
from makegood.emails.template_problem import TemplateProblem
from makegood.emails.values import find_locale, list_languages
from makegood.kit.clock import now
from makegood.kit.refusal import Refused
from makegood.providers.models import Membership
from makegood.providers.rules import Right
from makegood.providers.selectors import require_right

LONGEST_PART = 100_000
LONGEST_SUBJECT = 500
DOING = "change e-mail templates"


class TextsRefused(Refused):
    """Texts that no e-mail can be made from; problems says what is wrong with which part."""

    def __init__(self, problems: dict[str, TemplateProblem]) -> None:
        part, problem = next(iter(problems.items()))
        super().__init__("template_wrong", f"{PARTS[part]}: {problem}", part)
        self.problems = problems


def set_active(*, membership: Membership, name: str, active: bool) -> None:
    """Switches a template on or off; what waits is not sent while it is off. Opens a transaction."""
    require_right(membership, Right.SETTINGS, DOING)
    kind = get_known_kind(name)
    with transaction.atomic():
        EmailTemplate.objects.update_or_create(
            provider=membership.provider, name=kind.name, defaults={"active": active}
        )
        _record(membership, kind, "activated" if active else "deactivated", {})


def save_texts(
    *, membership: Membership, name: str, language: str, texts: Texts, seen_number: int | None = None
) -> EmailTemplateVersion:
    """Keeps texts as the newest version of a template in a language. Opens a transaction.

    seen_number: the number of the last version that the person saw (0 for none); None for who did not look.
    The same texts again make no new version. Refused for a language that does not exist, texts that are too long, texts
    that no e-mail can be made from (TextsRefused, with line and place), and when somebody else was quicker.
    """
    require_right(membership, Right.SETTINGS, DOING)
    kind = get_known_kind(name)
    language = require_language(language)
    texts = clean_texts(texts)
    if problems := check_texts(kind, membership, texts, language):
        raise TextsRefused(problems)
    try:
        with transaction.atomic():
            return _add_version(membership, kind, language, texts, seen_number)
    except IntegrityError:
        raise _changed_meanwhile() from None


def reset_texts(*, membership: Membership, name: str, language: str, seen_number: int | None = None) -> None:
    """Withdraws the texts of a language, so that its customers get the next best ones. Opens a transaction.

    Refused where the language has no texts of its own, and when somebody else was quicker.
    """
    require_right(membership, Right.SETTINGS, DOING)
    kind = get_known_kind(name)
    if find_current_version(membership.provider, kind.name, language) is None:
        raise Refused("nothing_to_reset", f"{kind.title} has no texts of its own in this language.", "language")
    try:
        with transaction.atomic():
            _add_version(membership, kind, language, None, seen_number)
    except IntegrityError:
        raise _changed_meanwhile() from None


def require_language(language: str) -> str:
    """The language as it is written here, such as ``pt-BR``. Refused for one that does not exist."""
    wanted = list_languages(language)
    if not wanted or len(wanted[0]) > 12 or find_locale(language) != wanted[0]:
        raise Refused(
            "language_unknown",
            f"“{language[:40]}” is not a language. Write its code, such as de, fr or pt-BR.",
            "language",
        )
    return wanted[0]


def clean_texts(texts: Texts) -> Texts:
    """The texts with plain line ends; the subject on one line."""
    text, html = (part.replace("\r\n", "\n").replace("\r", "\n") for part in (texts.text, texts.html))
    return Texts(" ".join(texts.subject.split()), text, html if html.strip() else "")


def check_texts(kind: EmailKind, membership: Membership, texts: Texts, language: str) -> dict[str, TemplateProblem]:
    """What is wrong with the texts, by part; nothing if an e-mail can be made from them."""
    if problems := _find_unfit(texts):
        return problems
    return find_problems(kind, membership.provider, texts, language)


def _find_unfit(texts: Texts) -> dict[str, TemplateProblem]:
    problems = {}
    for part, words in PARTS.items():
        source = getattr(texts, part)
        longest = LONGEST_SUBJECT if part == "subject" else LONGEST_PART
        if part != "html" and not source.strip():
            problems[part] = TemplateProblem(f"The {words.lower()} is missing.")
        elif len(source) > longest:
            problems[part] = TemplateProblem(f"It has {len(source):,} characters; at most {longest:,} fit.")
        elif (odd := next((sign for sign in source if _is_odd(sign)), None)) is not None:
            problems[part] = TemplateProblem(f"It has a character that cannot be typed (U+{ord(odd):04X}).")
    return problems


def _is_odd(sign: str) -> bool:
    return (sign < " " and sign not in "\n\t") or sign == "\x7f" or "\ud800" <= sign <= "\udfff"


def _add_version(
    membership: Membership, kind: EmailKind, language: str, texts: Texts | None, seen_number: int | None
) -> EmailTemplateVersion:
    provider = membership.provider
    current = find_current_version(provider, kind.name, language)
    last = find_last_number(provider, kind.name, language)
    if seen_number is not None and seen_number != last:
        raise _changed_meanwhile()
    if current is not None and texts == Texts(current.subject, current.text, current.html):
        return current
    parts = vars(texts) if texts else {"subject": "", "text": "", "html": ""}
    version = EmailTemplateVersion.objects.create(
        provider=provider,
        name=kind.name,
        language=language,
        number=last + 1,
        withdrawn=texts is None,
        created_by_id=membership.staff_id,
        created_at=now(),
        **parts,
    )
    _record(membership, kind, "reset" if texts is None else "saved", {"language": language, "version": version.number})
    return version


def _changed_meanwhile() -> Refused:
    return Refused(
        "changed_meanwhile",
        "Somebody else has saved these texts since you opened them. Yours are not saved yet: look at the newest "
        "version, and save again what should count.",
    )


def _record(membership: Membership, kind: EmailKind, what: str, detail: dict[str, object]) -> None:
    record(
        provider_id=membership.provider_id,
        staff_id=membership.staff_id,
        action=f"email_template.{what}",
        subject_type="email_template",
        subject_id=None,
        detail={"template": kind.name, **detail},
    )
