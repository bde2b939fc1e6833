"""`makegood runs`: looking at runs, and going on with them."""

from collections.abc import Callable

import pytest

from makegood.cli import runs as command
from makegood.credits.models import Credit
from makegood.kit.clock import now
from makegood.ledger.models import JournalEntry
from makegood.providers.models import Membership, Provider
from makegood.providers.selectors import get_membership
from makegood.providers.services import set_end_customer_billing, set_limits
from makegood.runs.models import Run
from makegood.runs.selectors import get_run
from makegood.runs.services.start_run import stop_run
from tests.support import movements, records
from tests.support.answers import CommandLine, SaidSomething, Verified, read_json, refusal_code
from tests.support.ownership import break_booking, mend_booking

CLERK = ("--as", "billing@north.example")
Runs = Callable[..., SaidSomething]


@pytest.fixture
def runs(makegood_cli: CommandLine) -> Runs:
    """Runs ``makegood runs ACTION RUN``; whatever changes something, as the clerk and with ``--yes``."""

    def run(action: str, number: int, *words: str) -> SaidSomething:
        asks = ("--yes",) if action in {"start", "take-back"} else ()
        person = () if action == "show" else ("--as", "billing@north.example", *asks)
        return makegood_cli("runs", action, str(number), *person, *words)

    return run


@pytest.fixture
def clerk(north: Provider) -> Membership:
    return get_membership(north, "billing@north.example")


def test_a_run_is_shown_with_everything(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    run = records.credit(clerk, area="Springfield", amount_minor=1000)
    said = read_json(runs("show", run.pk, "--json"))
    assert said == {
        "run": run.pk,
        "selected": 3,
        "credited": 2,
        "skipped": 1,
        "failed": 0,
        "total": "20.00",
        "currency": "USD",
        "status": "finished",
        "kind": "credit",
        "waiting": 0,
        "per": "customer",
        "customers": {"selected": 3, "credited": 2, "skipped": 1, "failed": 0, "waiting": 0},
        "outcomes": [
            {
                "code": "credited",
                "rows": 2,
                "customers": 2,
                "sentence": "The credit is on the customer's account and part of the Available Funds.",
            },
            {
                "code": "customer_closed",
                "rows": 1,
                "customers": 1,
                "sentence": "The customer is closed: a credit could never be used, a charge never billed.",
            },
        ],
        "list": "customers",
        "chosen": {"area": ["Springfield"]},
        "amount": "10.00",
        "description": "",
        "gl_code": "4900",
        "credit_kind": "goodwill",
        "template": None,
        "notify": False,
        "emails": [],
        "takes_back": None,
        "taken_back_by": [],
        "key": None,
        "started_by": "billing@north.example",
        "asked_by": "billing@north.example",
        "asked_at": said["asked_at"],
        "parked_because": None,
    }
    assert said["asked_at"].startswith(f"{now():%Y-%m-%d}")
    shown = runs("show", run.pk)
    assert shown.returncode == 0
    assert f"Credit run {run.pk} is finished." in shown.stdout
    assert "area=Springfield (Customer List)" in shown.stdout
    assert "$10.00 for each customer" in shown.stdout
    assert "Later:" not in shown.stdout
    later = records.take_back(clerk, run)
    assert f"Later: taken back $20.00; $0.00 remain. Taken back by run {later.pk}." in runs("show", run.pk).stdout
    assert f"run {run.pk}" in runs("show", later.pk).stdout
    assert "Proof: 3 selected = 2 credited + 1 skipped + 0 failed + 0 waiting" in shown.stdout
    assert_verified()


def test_every_row_says_who_how_much_what_and_why(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=1500)
    run = records.credit(clerk, list_name="orders", per="order")
    rows = read_json(runs("show", run.pk, "--rows", "--json"))["rows"]
    assert [(row["customer"], row["order"], row["amount"], row["outcome"], row["category"]) for row in rows] == [
        ("C1", "C1-1", "10.00", "credited", "done"),
        ("C2", "C2-1", "10.00", "credited", "done"),
        ("C3", "C3-1", "10.00", "customer_closed", "skipped"),
        ("C4", "C4-1", "10.00", "over_funds_limit", "failed"),
        ("C4", "C4-2", "10.00", "over_funds_limit", "failed"),
    ]
    assert all(row["reason"].endswith(".") for row in rows)
    shown = runs("show", run.pk, "--rows").stdout
    assert "C3\tcustomer_closed\t$10.00\tThe customer is closed: a credit could never be used" in shown
    per_customer = records.credit(clerk, area="Springfield", amount_minor=1)
    assert [row["order"] for row in read_json(runs("show", per_customer.pk, "--rows", "--json"))["rows"]] == [None] * 3
    assert_verified()


def test_runs_are_listed_newest_first(clerk: Membership, makegood_cli: CommandLine, assert_verified: Verified) -> None:
    one = records.credit(clerk, area="Springfield")
    two = records.take_back(clerk, one)
    three = records.draft_credit(clerk, amount_minor=5)
    records.credit(records.add_person(south_with_a_customer()))
    listed = read_json(makegood_cli("runs", "list", "--provider", "north", "--json"))
    assert [(run["run"], run["kind"], run["status"], run["total"]) for run in listed] == [
        (three.pk, "credit", "draft", "0.15"),
        (two.pk, "take_back", "finished", "20.00"),
        (one.pk, "credit", "finished", "20.00"),
    ]
    assert {run["asked_by"] for run in listed} == {"billing@north.example"}
    assert len(read_json(makegood_cli("runs", "list", "--provider", "north", "--limit", "1", "--json"))) == 1
    assert read_json(makegood_cli("runs", "list", "--provider", "north", "--limit", "-1", "--json")) == []
    shown = makegood_cli("runs", "list", "--provider", "north").stdout
    assert "take_back" in shown
    assert_verified()


def south_with_a_customer() -> Provider:
    south = records.add_provider("south")
    records.add_customer(south)
    return south


def test_another_providers_run_is_unknown(clerk: Membership, makegood_cli: CommandLine) -> None:
    south = south_with_a_customer()
    theirs = records.credit(records.add_person(south))
    records.add_person(south, "manager")
    for words in (
        ("show", str(theirs.pk)),
        ("stop", str(theirs.pk), *CLERK),
        ("retry", str(theirs.pk), *CLERK),
        ("take-back", str(theirs.pk), *CLERK, "--yes"),
    ):
        assert refusal_code(makegood_cli("runs", *words, "--provider", "north", "--json")) == "run_unknown"
    stranger = ("--as", "manager@south.example")
    mine = records.credit(clerk)
    answer = makegood_cli("runs", "take-back", str(mine.pk), *stranger, "--yes", "--provider", "north", "--json")
    assert refusal_code(answer) == "staff_unknown"


def test_a_run_that_does_not_exist_is_unknown(north: Provider, runs: Runs) -> None:
    for number in (0, 999, 10**30):
        assert refusal_code(runs("show", number, "--json")) == "run_unknown"


def test_a_draft_is_started_later_or_given_up(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    one, two = records.draft_credit(clerk), records.draft_credit(clerk)
    assert read_json(runs("start", one.pk, "--json"))["status"] == "finished"
    assert read_json(runs("start", one.pk, "--json"))["credited"] == 3, "starting again shows it"
    given_up = runs("cancel", two.pk, "--json")
    assert (given_up.returncode, read_json(given_up)["status"]) == (0, "cancelled")
    assert refusal_code(runs("start", two.pk, "--json")) == "run_not_startable"
    assert refusal_code(runs("cancel", one.pk, "--json")) == "run_started"
    assert records.funds(clerk.provider, "C1") == 1000
    assert_verified()


def test_a_stopped_run_is_resumed(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    run = records.start(records.draft_credit(clerk), clerk)
    stopped = runs("stop", run.pk)
    assert stopped.returncode == 0
    assert f"Credit run {run.pk} is stopped." in stopped.stdout
    assert "4 selected = 0 credited + 1 skipped + 0 failed + 3 waiting" in stopped.stdout
    shown = read_json(runs("show", run.pk, "--json"))
    assert (shown["status"], shown["waiting"], shown["customers"]["waiting"]) == ("stopped", 3, 3)
    assert refusal_code(runs("stop", run.pk, "--json")) == "run_not_under_way"
    resumed = runs("resume", run.pk, "--json")
    assert (resumed.returncode, read_json(resumed)["credited"]) == (0, 3)
    assert refusal_code(runs("resume", run.pk, "--json")) == "run_not_resumable"
    assert_verified()


def test_a_run_that_did_not_come_to_its_end_is_status_1(
    clerk: Membership, makegood_cli: CommandLine, runs: Runs, assert_verified: Verified
) -> None:
    asked = ("credit", *CLERK, "--all", "--amount", "10.00", "--key", "k", "--json")
    draft = get_run(read_json(makegood_cli(*asked, "--rehearse"))["run"])
    run = records.start(draft, clerk)
    stop_run(run=run, membership=clerk)
    again = makegood_cli(*asked, "--yes")
    assert (again.returncode, read_json(again)["status"], read_json(again)["credited"]) == (1, "stopped", 0)
    assert runs("start", run.pk).returncode == 1
    assert runs("show", run.pk).returncode == 0
    assert_verified()


def test_a_parked_run_says_why(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    run = records.start(records.draft_credit(clerk), clerk)
    break_booking([row.customer for row in run.rows.select_related("customer")], "42501")
    assert records.finish(run).state == "parked"
    said = runs("show", run.pk).stdout
    assert f"Credit run {run.pk} is parked." in said
    assert "The database answered: broken by a test." in said
    assert read_json(runs("show", run.pk, "--json"))["parked_because"] == "The database answered: broken by a test."
    assert runs("resume", run.pk).returncode == 1
    mend_booking()
    assert runs("resume", run.pk).returncode == 0
    assert_verified()


def test_the_failed_are_retried_and_nobody_else(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    records.credit(clerk, filter={"number": ["C2"]}, amount_minor=1)
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=1000)
    run = records.credit(clerk, amount_minor=1000)
    still = runs("retry", run.pk, "--json")
    assert (still.returncode, read_json(still)["failed"]) == (1, 1)
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=1001)
    again = runs("retry", run.pk, "--json")
    said = read_json(again)
    assert (again.returncode, said["credited"], said["failed"], said["total"]) == (0, 3, 0, "30.00")
    assert records.funds_of_all(clerk.provider) == {"C1": 1000, "C2": 1001, "C3": 0, "C4": 1000}
    assert refusal_code(runs("retry", run.pk, "--json")) == "nothing_failed"
    assert_verified()


def test_a_run_is_taken_back(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    run = records.credit(clerk, area="Springfield")
    used = Credit.objects.get(customer__number="C1")
    movements.owe(used.customer, 300)
    movements.use(used, 300)
    answer = runs("take-back", run.pk, "--key", "undo")
    taken = Run.objects.latest("id")
    assert answer.returncode == 0
    for line in (
        f"Take-back {taken.pk} of run {run.pk}. Nothing is booked yet.",
        "2 credits of 2 customers would lose $17.00 in all.",
        f"Take-back {taken.pk} is finished.",
        "Proof: 2 selected = 2 taken back + 0 skipped + 0 failed + 0 waiting",
        "Total taken back: $17.00",
    ):
        assert line in answer.stdout
    booked = JournalEntry.objects.count()
    again = runs("take-back", run.pk, "--key", "undo", "--json")
    assert read_json(again) == {
        "run": taken.pk,
        "selected": 2,
        "credited": 2,
        "skipped": 0,
        "failed": 0,
        "total": "17.00",
        "currency": "USD",
        "status": "finished",
    }
    assert JournalEntry.objects.count() == booked
    assert read_json(runs("show", taken.pk, "--json"))["takes_back"] == run.pk
    nothing_left = runs("take-back", run.pk)
    assert nothing_left.returncode == 0
    assert "2 customers: The credit was taken back before; nothing of it is left." in nothing_left.stdout
    assert records.funds_of_all(clerk.provider) == {"C1": 0, "C2": 0, "C3": 0, "C4": 0}
    assert_verified()


def test_a_take_back_is_asked_about(
    clerk: Membership, makegood_cli: CommandLine, monkeypatch: pytest.MonkeyPatch, assert_verified: Verified
) -> None:
    run = records.credit(clerk)
    unasked = makegood_cli("runs", "take-back", str(run.pk), *CLERK, "--json")
    assert refusal_code(unasked) == "not_confirmed"
    assert Run.objects.latest("id") == run
    monkeypatch.setattr(command, "require_somebody_to_ask", lambda arguments: None)
    monkeypatch.setattr(command, "confirm", lambda question: False)
    declined = makegood_cli("runs", "take-back", str(run.pk), *CLERK)
    assert declined.returncode == 0
    assert "Nothing was booked." in declined.stdout
    assert records.funds(clerk.provider, "C1") == 1000
    monkeypatch.setattr(command, "confirm", lambda question: True)
    makegood_cli("runs", "take-back", str(run.pk), *CLERK)
    assert records.funds(clerk.provider, "C1") == 0
    assert_verified()


def test_a_run_under_way_is_not_taken_back(clerk: Membership, runs: Runs) -> None:
    run = records.start(records.draft_credit(clerk), clerk)
    answer = runs("take-back", run.pk)
    assert (answer.returncode, answer.stderr) == (
        2,
        f"Run {run.pk} is queued; it can be taken back once it has stopped or finished.\n",
    )


def test_while_billing_is_off_nothing_goes_on(clerk: Membership, runs: Runs, assert_verified: Verified) -> None:
    too_much = records.draft_credit(clerk, amount_minor=1001)
    set_limits(provider=clerk.provider, staff_id=None, largest_funds_minor=1000)
    failed = records.finish(records.start(too_much, clerk))
    done = records.credit(clerk)
    draft = records.draft_credit(clerk)
    stopped = stop_run(run=records.start(records.draft_credit(clerk), clerk), membership=clerk)
    set_end_customer_billing(provider=clerk.provider, on=False, staff_id=None)
    for action, run in (("start", draft), ("resume", stopped), ("retry", failed), ("take-back", done)):
        assert refusal_code(runs(action, run.pk, "--json")) == "billing_off"
    assert_verified()


def test_who_may_not_is_told_who_may(clerk: Membership, makegood_cli: CommandLine) -> None:
    run, draft = records.credit(clerk), records.draft_credit(clerk)
    for action, number in (("take-back", run.pk), ("start", draft.pk), ("cancel", draft.pk)):
        for person in ("viewer", "agent", "admin"):
            asks = ("--yes",) if action in {"start", "take-back"} else ()
            answer = makegood_cli("runs", action, str(number), "--as", f"{person}@north.example", *asks)
            assert answer.returncode == 2
            assert "A person with role" in answer.stderr
            assert "billing or manager" in answer.stderr
    assert records.reload(draft).state == "draft"
