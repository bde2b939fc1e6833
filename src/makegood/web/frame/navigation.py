"""The navigation: what stands in it, for whom."""

from dataclasses import dataclass

from django.urls import reverse

from makegood.providers.models import Membership
from makegood.providers.rules import Right, rights_of


@dataclass(frozen=True)
class Entry:
    """One link; icon: its name in the Lucide set. words: what else it is found by in the search.

    part: the sub-heading that it stands under, which folds; empty where it stands right under the heading.
    """

    title: str
    icon: str
    address: str
    right: Right = Right.VIEW
    words: str = ""
    part: str = ""


@dataclass(frozen=True)
class Link:
    """An entry on a page; current: the page is this entry's or lies below it."""

    title: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True)
class Part:
    """Links that stand together; key: by what the browser remembers whether they are folded."""

    title: str
    key: str
    links: list[Link]


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it."""

    heading: str
    parts: list[Part]


SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Operations",
        (
            Entry("Dashboard", "layout-dashboard", "dashboard", words="overview figures plots start"),
            Entry("Customers", "users", "customers", words="customer list subscribers accounts"),
            Entry("Orders", "router", "orders", words="order list subscriptions services addresses"),
        ),
    ),
    (
        "Billing",
        (
            Entry("Invoices", "receipt-text", "invoices", words="bills due late drafts make invoices pdf"),
            Entry("Runs", "layers", "runs", words="bulk credit invoice charge runs rehearsal take back"),
            Entry("Credits", "hand-coins", "credits", words="void correct edit remaining funds"),
            Entry("Charges", "receipt", "charges", words="one-off fees waiting next invoice cancel bill now"),
            Entry(
                "Payments",
                "banknote",
                "payments",
                words="cash bank transfer card charged received overpayment disputed unknown",
            ),
            Entry(
                "Failed payments",
                "circle-alert",
                "failed-payments",
                words="declined cards autopay retry charge again work",
            ),
            Entry("Refunds", "undo-2", "refunds", words="pay-outs given back money reason who this month paid out"),
            Entry("E-mails", "mail", "emails", words="outbox messages notifications to customers sent failed"),
        ),
    ),
    (
        "Reports",
        (
            Entry("Trial balance", "scale", "trial-balance", words="general ledger accounts debit credit totals"),
            Entry("Available Funds", "piggy-bank", "funds-report", words="roll-forward liability credits report"),
            Entry("Receivables", "wallet", "receivables-report", words="roll-forward aged overdue debtors report"),
            Entry(
                "Clearing", "git-compare-arrows", "clearing-report", words="reconcile processor stripe fees transfers"
            ),
            Entry("Journal", "book-text", "journal", words="entries bookings lines export csv"),
            Entry("Days", "calendar-days", "days", words="daily work late fees reminders suspension failures tick"),
            Entry("Months", "calendar-check", "months", words="close period closing books lock"),
        ),
    ),
    (
        "Settings",
        (
            Entry(
                "Transaction templates",
                "notebook-text",
                "transaction-templates",
                words="billing presets",
                part="Billing",
            ),
            Entry(
                "E-mail templates",
                "mail-plus",
                "email-templates",
                words="billing notifications to customers subject liquid sender languages",
                part="Billing",
            ),
            Entry(
                "Billing settings",
                "receipt",
                "billing-settings",
                words="invoices due days autopay late fee reminders suspension tax included next number collection "
                "tries limits per hour",
                part="Billing",
            ),
            Entry(
                "Payment gateway",
                "plug",
                "gateway",
                words="billing stripe processor keys webhooks sandbox cards autopay connect",
                part="Billing",
            ),
            Entry(
                "Webhook log",
                "webhook",
                "gateway-events",
                words="payment processor stripe events sent failed handle again",
                part="Billing",
            ),
            Entry("Limits", "gauge", "limits", words="billing largest credit", part="Billing"),
            Entry("Services", "package", "services", words="price tax products", part="Services"),
            Entry("GL codes", "book-open-text", "gl-codes", words="general ledger accounts", part="Services"),
            Entry("Staff", "id-card", "staff", words="people users roles invite"),
            Entry("Provider", "building-2", "provider", words="time zone currency end customer billing"),
            Entry(
                "Import", "file-input", "imports", right=Right.EDIT_CUSTOMERS, words="upload csv file customers orders"
            ),
        ),
    ),
)
"""Headings, each with its entries. Entries of one part stand one after the other."""


def list_entries(membership: Membership) -> list[tuple[str, list[Entry]]]:
    """The sections with the entries that the person's role has a use for."""
    rights = rights_of(membership.role)
    sections = [(heading, [entry for entry in entries if entry.right in rights]) for heading, entries in SECTIONS]
    return [(heading, entries) for heading, entries in sections if entries]


def list_links(membership: Membership, path: str) -> list[Section]:
    """The navigation as it stands on the page at `path`. At most one entry is current: the one nearest above it."""
    sections = list_entries(membership)
    urls = {entry.address: reverse(entry.address) for _, entries in sections for entry in entries}
    above = [url for url in urls.values() if path == url or path.startswith(f"{url}/")]
    current = max(above, key=len, default="")
    found = []
    for heading, entries in sections:
        parts: dict[str, Part] = {}
        for entry in entries:
            part = parts.setdefault(entry.part, Part(entry.part, f"{heading}-{entry.part}".lower(), []))
            url = urls[entry.address]
            part.links.append(Link(entry.title, entry.icon, url, url == current))
        found.append(Section(heading, list(parts.values())))
    return found


def find_entries(membership: Membership, text: str) -> list[tuple[str, Entry]]:
    """Entries that `text` names, with the words above them: in titles first, at the start of a word first."""
    asked = text.casefold().split()
    ranked = []
    for heading, entries in list_entries(membership):
        for entry in entries:
            above = f"{heading} > {entry.part}" if entry.part else heading
            rank = _rank(asked, entry, above)
            if rank is not None:
                ranked.append((rank, above, entry))
    return [(above, entry) for _, above, entry in sorted(ranked, key=lambda each: each[0])]


def _rank(asked: list[str], entry: Entry, above: str) -> int | None:
    title = entry.title.casefold().split()
    if asked and title[0].startswith(asked[0]) and all(_starts_a_word(word, title) for word in asked):
        return 0
    if asked and all(_starts_a_word(word, title) for word in asked):
        return 1
    words = [*title, *entry.words.casefold().split(), *above.casefold().split()]
    return 2 if asked and all(_starts_a_word(word, words) for word in asked) else None


def _starts_a_word(text: str, words: list[str]) -> bool:
    return any(word.startswith(text) for word in words)
