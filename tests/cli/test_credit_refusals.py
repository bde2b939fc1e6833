"""`makegood credit` with bad input: a code for programs, a sentence for people, status 2, and nothing is written."""

import pytest

from makegood.audit.models import AuditEntry
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.ledger.services import add_gl_code, set_gl_code_active
from makegood.providers.models import Provider
from makegood.providers.services import set_end_customer_billing, set_limits
from makegood.runs.models import Run
from makegood.transaction_templates.selectors import list_templates
from makegood.transaction_templates.services import add_template, set_template_active
from tests.support import records
from tests.support.answers import CommandLine, Verified, read_json

CLERK = ("--as", "billing@north.example")
WHO = ("--customer", "C1")
HOW_MUCH = ("--amount", "10.00")

REFUSALS: dict[str, tuple[tuple[str, ...], str, str]] = {
    # what is asked: the words, the code, a part of the sentence
    "no amount": ((*CLERK, *WHO), "amount_missing", "An amount is needed."),
    "an empty amount": ((*CLERK, *WHO, "--amount", ""), "amount_missing", "An amount is needed."),
    "zero": ((*CLERK, *WHO, "--amount", "0"), "amount_zero", "must be greater than zero"),
    "0.00": ((*CLERK, *WHO, "--amount", "0.00"), "amount_zero", "must be greater than zero"),
    "a negative amount": ((*CLERK, *WHO, "--amount=-5"), "amount_negative", "must be greater than zero"),
    "10.005": ((*CLERK, *WHO, "--amount", "10.005"), "amount_decimals", "The currency has 2 decimals"),
    "1e3": ((*CLERK, *WHO, "--amount", "1e3"), "amount_not_a_number", "“1e3” is not an amount"),
    "10,00": ((*CLERK, *WHO, "--amount", "10,00"), "amount_not_a_number", "“10,00” is not an amount"),
    "Arabic digits": ((*CLERK, *WHO, "--amount", "١٠"), "amount_not_a_number", "is not an amount"),
    "full-width digits": ((*CLERK, *WHO, "--amount", "１０"), "amount_not_a_number", "is not an amount"),
    "+5": ((*CLERK, *WHO, "--amount", "+5"), "amount_not_a_number", "is not an amount"),
    "1 0": ((*CLERK, *WHO, "--amount", "1 0"), "amount_not_a_number", "is not an amount"),
    "NaN": ((*CLERK, *WHO, "--amount", "NaN"), "amount_not_a_number", "is not an amount"),
    "inf": ((*CLERK, *WHO, "--amount", "inf"), "amount_not_a_number", "is not an amount"),
    "10^30": ((*CLERK, *WHO, "--amount", "1" + "0" * 30), "amount_too_large", "larger than any amount can be"),
    "nobody": ((*CLERK, *HOW_MUCH), "selection_missing", "Say who: either --customer, or --filter, or --all."),
    "customers and a filter": (
        (*CLERK, *HOW_MUCH, *WHO, "--filter", "area=Springfield"), "selection_twice", "Say who: either"
    ),
    "a filter and all": (
        (*CLERK, *HOW_MUCH, "--all", "--filter", "area=Springfield"), "selection_twice", "Say who: either"
    ),
    "an unknown customer": (
        (*CLERK, *HOW_MUCH, *WHO, "--customer", "X9"), "customer_unknown", "North has no customer X9."
    ),
    "many unknown customers": (
        (*CLERK, *HOW_MUCH, *(word for n in range(7) for word in ("--customer", f"X{n}"))),
        "customer_unknown", "North has no customer X0, X1, X2, X3, X4 and 2 more.",
    ),
    "another provider's customer": (
        (*CLERK, *HOW_MUCH, "--customer", "S1"), "customer_unknown", "North has no customer S1."
    ),
    "an unknown filter": (
        (*CLERK, *HOW_MUCH, "--filter", "aera=Springfield"), "filter_unknown", "Did you mean area?"
    ),
    "a filter of the other list": (
        (*CLERK, *HOW_MUCH, "--orders", "--filter", "orders_min=1"), "filter_unknown", "no filter “orders_min”"
    ),
    "an impossible value": (
        (*CLERK, *HOW_MUCH, "--filter", "status=foo"), "filter_value", "The filter status cannot be used"
    ),
    "an unknown area": (
        (*CLERK, *HOW_MUCH, "--filter", "area=Sprinfield"), "filter_value_unknown", "Did you mean “Springfield”?"
    ),
    "another provider's area": (
        (*CLERK, *HOW_MUCH, "--filter", "area=Capital City"), "filter_value_unknown", "“Capital City”."
    ),
    "an empty value": (
        (*CLERK, *HOW_MUCH, "--filter", "area="), "filter_value_empty", "The filter area needs a value."
    ),
    "a filter without a value": (
        (*CLERK, *HOW_MUCH, "--filter", "Springfield"), "filter_malformed", "write NAME=VALUE"
    ),
    "a filter without a name": ((*CLERK, *HOW_MUCH, "--filter", "=x"), "filter_malformed", "write NAME=VALUE"),
    "a filter that matches nobody": (
        (*CLERK, *HOW_MUCH, "--filter", "name=nobody"), "selection_empty", "Nothing is selected"
    ),
    "the orders of who has none": (
        (*CLERK, *HOW_MUCH, "--orders", "--customer", "C0"), "selection_empty", "Nothing is selected"
    ),
    "per order without orders": (
        (*CLERK, *HOW_MUCH, *WHO, "--per", "order"), "per_order_needs_orders", "add --orders"
    ),
    "an unknown template": (
        (*CLERK, *HOW_MUCH, *WHO, "--template", "Gone"), "template_unknown", "no transaction template “Gone”"
    ),
    "another provider's template": (
        (*CLERK, *HOW_MUCH, *WHO, "--template", "Theirs"), "template_unknown", "no transaction template “Theirs”"
    ),
    "an inactive template": (
        (*CLERK, *HOW_MUCH, *WHO, "--template", "Old"), "template_inactive", "is not active any more"
    ),
    "a template for charges": (
        (*CLERK, *HOW_MUCH, *WHO, "--template", "Late fee"), "template_direction", "is for charges, not for credits"
    ),
    "an unknown GL code": ((*CLERK, *HOW_MUCH, *WHO, "--gl-code", "9"), "gl_code_unknown", "no GL code “9”"),
    "another provider's GL code": (
        (*CLERK, *HOW_MUCH, *WHO, "--gl-code", "4999"), "gl_code_unknown", "North has no GL code “4999”"
    ),
    "an inactive GL code": (
        (*CLERK, *HOW_MUCH, *WHO, "--gl-code", "4910"), "gl_code_inactive", "is not active any more"
    ),
    "a GL code for services": (
        (*CLERK, *HOW_MUCH, *WHO, "--gl-code", "4000"), "gl_code_type", "a credit needs one of type credit"
    ),
    "an empty GL code": ((*CLERK, *HOW_MUCH, *WHO, "--gl-code", ""), "gl_code_unknown", "no GL code “”"),
    "a long description": (
        (*CLERK, *HOW_MUCH, *WHO, "--description", "x" * 501), "description_too_long", "at most 500 fit"
    ),
    "an empty key": ((*CLERK, *HOW_MUCH, *WHO, "--key", ""), "key_malformed", "A key has 1 to 200 characters."),
    "a stranger": (
        ("--as", "manager@south.example", *HOW_MUCH, *WHO), "staff_unknown", "not an active member of North's staff"
    ),
    "a viewer": (
        ("--as", "viewer@north.example", *HOW_MUCH, *WHO), "not_allowed",
        "Your role (viewer) may not give credits. A person with role agent, billing or manager can.",
    ),
    "an admin": (("--as", "admin@north.example", *HOW_MUCH, *WHO), "not_allowed", "Your role (admin) may not"),
}  # fmt: skip


@pytest.fixture
def world(north: Provider) -> Provider:
    """North with what cannot be used, and South with what is not North's."""
    south = records.add_provider("south")
    records.add_person(south, "manager")
    records.add_customer(south, "S1", areas=["Capital City"])
    records.add_customer(north, "C0", areas=[])
    add_gl_code(provider=south, code="4999", description="", type="credit", staff_id=None)
    set_gl_code_active(gl_code=get_gl_code(north, "4910"), active=False, staff_id=None)
    add_template(provider=north, name="Old", direction="credit", staff_id=None)
    add_template(provider=north, name="Late fee", direction="charge", staff_id=None)
    add_template(provider=south, name="Theirs", direction="credit", staff_id=None)
    set_template_active(template=list_templates(north).get(name="Old"), active=False, staff_id=None)
    return north


def test_whatever_cannot_be_is_refused_with_code_sentence_and_status_2_and_nothing_is_written(
    world: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    audit = AuditEntry.objects.count()
    found = {}
    for what, (words, _, sentence) in REFUSALS.items():
        answer = makegood_cli("credit", "--provider", "north", *words, "--yes", "--json")
        error = read_json(answer)["error"]
        assert sentence in error["message"], (what, error["message"])
        assert error["message"].endswith((".", "?")), what
        found[what] = (answer.returncode, error["code"])
        said = makegood_cli("credit", "--provider", "north", *words, "--yes")
        assert (said.returncode, said.stdout, said.stderr) == (2, "", error["message"] + "\n"), what
    assert found == {what: (2, code) for what, (_, code, _) in REFUSALS.items()}
    assert not Run.objects.exists()
    assert not JournalEntry.objects.exists()
    assert AuditEntry.objects.count() == audit
    assert_verified()


def test_while_billing_is_off_nothing_is_offered(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    for extra in (("--yes",), ("--rehearse",)):
        answer = makegood_cli("credit", *CLERK, *WHO, *HOW_MUCH, *extra)
        assert answer.returncode == 2
        assert answer.stderr.startswith("End Customer Billing is off for North, so no credit can be given.")
    assert not Run.objects.exists()
    assert_verified()


def test_who_is_over_a_limit_sees_the_rehearsal_and_who_could_start_it(
    north: Provider, makegood_cli: CommandLine, assert_verified: Verified
) -> None:
    set_limits(provider=north, staff_id=None, run_limit_minor=1999)
    answer = makegood_cli("credit", *CLERK, *HOW_MUCH, "--filter", "area=Springfield", "--yes")
    assert answer.returncode == 2
    draft = Run.objects.get()
    assert "2 customers x $10.00 = $20.00" in answer.stdout
    assert answer.stderr == (
        "The total is over $19.99, the most that the role billing may give in one run. A manager can start it. "
        f"It is kept as draft {draft.pk}: makegood runs start {draft.pk} --as EMAIL.\n"
    )
    assert records.funds(north, "C1") == 0
    started = makegood_cli("runs", "start", str(draft.pk), "--as", "manager@north.example", "--yes", "--json")
    assert (started.returncode, read_json(started)["credited"]) == (0, 2)
    assert_verified()


def test_words_that_are_no_command_are_refused(north: Provider, makegood_cli: CommandLine) -> None:
    assert makegood_cli("credit", *WHO).returncode == 2
    assert makegood_cli("credit", *CLERK, *WHO, *HOW_MUCH, "--per", "area").returncode == 2
    assert makegood_cli("credit", *CLERK, *WHO, "--amount", "-5").returncode == 2
    assert not Run.objects.exists()
