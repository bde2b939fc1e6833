"""A storm, told from the command line. Each command is a process of its own that knows only what is in the database."""

from makegood.orders.services.close_customer import close_customer
from tests.support import records
from tests.support.answers import CommandLine, Verified, read_json, refusal_code

CLERK = ("--as", "billing@north.example")
STORM = ("credit", *CLERK, "--filter", "area=Springfield", "--amount", "10.00", "--description", "Storm of 1 May")


def test_everybody_in_the_area_is_credited_once_and_all_of_it_is_taken_back(
    committed_db: dict[str, str], run_makegood: CommandLine, assert_verified: Verified
) -> None:
    north = records.add_provider()
    records.add_person(north)
    customers = records.add_customers(north, 150)
    for customer in customers[:50]:
        close_customer(customer=customer, staff_id=None)
    records.add_customer(north, "Elsewhere", areas=["Shelbyville"])

    rehearsed = run_makegood(*STORM, "--key", "storm", "--rehearse")
    assert rehearsed.returncode == 0
    assert "100 customers x $10.00 = $1,000.00" in rehearsed.stdout
    assert records.funds_of_all(north)["C100"] == 0

    given = run_makegood(*STORM, "--key", "storm", "--yes")
    assert given.returncode == 0
    assert "Proof: 150 selected = 100 credited + 50 skipped + 0 failed + 0 waiting" in given.stdout
    assert sum(records.funds_of_all(north).values()) == 100_000
    assert_verified()

    again = read_json(run_makegood(*STORM, "--key", "storm", "--yes", "--json"))
    assert (again["selected"], again["credited"], again["skipped"], again["total"]) == (150, 100, 50, "1000.00")
    assert refusal_code(run_makegood(*STORM, "--yes", "--json")) == "same_request"
    assert sum(records.funds_of_all(north).values()) == 100_000

    taken = run_makegood("runs", "take-back", str(again["run"]), *CLERK, "--yes", "--json")
    assert (taken.returncode, read_json(taken)["total"]) == (0, "1000.00")
    assert set(records.funds_of_all(north).values()) == {0}

    shown = read_json(run_makegood("customers", "show", "C100", "--json"))
    assert [(entry["type"], entry["amount"]) for entry in shown["entries"]] == [
        ("issued", "10.00"),
        ("taken_back", "-10.00"),
    ]
    verified = run_makegood("verify")
    assert (verified.returncode, "0 differences." in verified.stdout) == (0, True)
