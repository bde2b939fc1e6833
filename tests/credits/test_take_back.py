"""Taking back a run: what is unused goes, the rest stays, and everything is booked anew."""

import pytest
from pytest_django import Settings

from makegood.credits.models import Credit, CreditEntry
from makegood.credits.services.take_back import prepare_take_back
from makegood.kit.refusal import Refused
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_balance, get_gl_code
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership
from makegood.providers.services import change_membership, set_end_customer_billing
from makegood.runs.models import Run
from makegood.runs.services.start_run import cancel_run, stop_run
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def credit_of(number: str) -> Credit:
    return Credit.objects.get(customer__number=number)


def refusal(membership: Membership, run: Run, **asked: str) -> str:
    with pytest.raises(Refused) as refused:
        prepare_take_back(membership=membership, run=run, **asked)
    return refused.value.code


def test_what_is_unused_is_taken_back_whole(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk, manager = records.add_person(north), records.add_person(north, "manager")
    records.add_customers(north, 3)
    run = records.credit(clerk, amount_minor=1000)

    draft, is_new = prepare_take_back(membership=manager, run=run)
    assert (is_new, draft.state, draft.reverses_id, draft.total_minor) == (True, "draft", run.pk, 3000)
    assert records.funds_of_all(north) == {"C1": 1000, "C2": 1000, "C3": 1000}, "only shown, not booked"

    taken = records.finish(records.start(draft, manager))
    assert (taken.state, taken.rows_done, taken.customers_done, taken.booked_minor) == ("finished", 3, 3, 3000)
    assert records.funds_of_all(north) == {"C1": 0, "C2": 0, "C3": 0}
    credit = credit_of("C1")
    assert (credit.issued_minor, credit.taken_back_minor, credit.remaining_minor) == (1000, 1000, 0)
    entries = CreditEntry.objects.filter(credit=credit).order_by("number")
    assert [(entry.type, entry.amount_minor, entry.funds_after_minor) for entry in entries] == [
        ("issued", 1000, 1000),
        ("taken_back", -1000, 0),
    ]
    assert records.reload(run).booked_minor == 3000, "the run itself stays as it was"
    assert_verified()


def test_each_credit_is_taken_back_as_far_as_it_is_unused(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = dict(
        zip(["whole", "part", "used", "adjusted", "expired"], records.add_customers(north, 5), strict=True)
    )
    run = records.credit(clerk, amount_minor=1000)
    credits = {name: Credit.objects.get(customer=customer) for name, customer in customers.items()}
    movements.owe(customers["part"], 400)
    movements.use(credits["part"], 400)
    movements.owe(customers["used"], 1000)
    movements.use(credits["used"], 1000)
    records.edit(clerk, credits["adjusted"], amount_minor=900)
    movements.expire(credits["expired"])

    taken = records.take_back(clerk, run)

    assert list(records.outcomes(taken).values()) == [
        "taken_back",
        "taken_back",
        "already_used",
        "changed_by_hand",
        "already_expired",
    ]
    assert (taken.rows_done, taken.rows_skipped, taken.booked_minor) == (2, 3, 1600)
    assert list(records.funds_of_all(north).values()) == [0, 0, 0, 900, 0]
    part = get_balance(north.pk, customers["part"].pk)
    assert part.receivable_minor == 0, "what was used stays used"
    assert_verified()


def test_taking_back_again_finds_nothing_left(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, _ = records.add_customers(north, 2)
    run = records.credit(clerk)
    movements.owe(one, 300)
    movements.use(credit_of("C1"), 300)
    records.take_back(clerk, run)
    booked = JournalEntry.objects.count()

    again = records.take_back(clerk, run)
    assert records.outcomes(again) == {"C1": "already_taken_back", "C2": "already_taken_back"}
    assert (again.state, again.rows_skipped, again.booked_minor) == ("finished", 2, 0)
    assert JournalEntry.objects.count() == booked
    assert_verified()


def test_which_reason_counts_when_several_fit(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    one, two = records.add_customers(north, 2)
    run = records.credit(clerk, amount_minor=1000)
    records.edit(clerk, credit_of("C1"), amount_minor=800)
    movements.owe(one, 800)
    movements.use(credit_of("C1"), 800)
    movements.owe(two, 600)
    movements.use(credit_of("C2"), 600)
    movements.expire(credit_of("C2"))
    assert records.outcomes(records.take_back(clerk, run)) == {"C1": "changed_by_hand", "C2": "already_used"}
    assert_verified()


def test_what_changes_between_showing_and_booking_is_checked_again(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customers = records.add_customers(north, 5)
    run = records.credit(clerk, amount_minor=1000)
    first, _ = prepare_take_back(membership=clerk, run=run)
    second, _ = prepare_take_back(membership=clerk, run=run)
    movements.owe(customers[0], 1000)
    movements.use(credit_of("C1"), 1000)
    movements.owe(customers[1], 100)
    movements.use(credit_of("C2"), 100)
    records.edit(clerk, credit_of("C3"), amount_minor=500)
    movements.expire(credit_of("C4"))

    taken = records.finish(records.start(first, clerk))
    assert records.outcomes(taken) == {
        "C1": "already_used",
        "C2": "taken_back",
        "C3": "changed_by_hand",
        "C4": "already_expired",
        "C5": "taken_back",
    }
    assert (taken.total_minor, taken.booked_minor) == (5000, 1900)
    later = records.finish(records.start(second, clerk))
    assert records.outcomes(later)["C5"] == "already_taken_back"
    assert (later.rows_done, later.booked_minor) == (0, 0)
    assert records.funds_of_all(north) == {"C1": 0, "C2": 0, "C3": 500, "C4": 0, "C5": 0}
    assert_verified()


def test_of_several_orders_each_credit_stands_for_itself_and_a_customer_counts_once(
    assert_verified: Verified, settings: Settings
) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 4, orders_each=2)
    settings.MAKEGOOD_CHUNK_ROWS = 3
    run = records.credit(clerk, list_name="orders", per="order", amount_minor=1000)
    by_order = {credit.run_row.order.number: credit for credit in Credit.objects.select_related("run_row__order")}  # type: ignore[union-attr]  # all come from orders
    for number in ("C1-1", "C2-1", "C2-2"):
        movements.owe(by_order[number].customer, 1000)
        movements.use(by_order[number], 1000)
    draft, _ = prepare_take_back(membership=clerk, run=run)
    assert (draft.rows_skipped, draft.customers_skipped, draft.total_minor) == (3, 1, 5000)
    records.edit(clerk, by_order["C3-2"], amount_minor=999)
    records.edit(clerk, by_order["C4-1"], amount_minor=999)
    records.edit(clerk, by_order["C4-2"], amount_minor=999)

    taken = records.finish(records.start(draft, clerk))
    done = [number for number, outcome in records.outcomes(taken).items() if outcome == "taken_back"]
    assert done == ["C1-2", "C3-1"]
    assert (taken.rows_done, taken.rows_skipped, taken.booked_minor) == (2, 6, 2000)
    assert (taken.customers_done, taken.customers_skipped, taken.customers_selected) == (2, 2, 4)
    assert records.funds_of_all(north) == {"C1": 0, "C2": 0, "C3": 999, "C4": 1998}
    assert_verified()


def test_two_credits_of_a_customer_leave_the_right_funds_after_each(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 1, orders_each=3)
    records.credit(clerk, amount_minor=50)
    run = records.credit(clerk, list_name="orders", per="order", amount_minor=100)
    records.take_back(clerk, run)
    taken = CreditEntry.objects.filter(type="taken_back").order_by("credit_id")
    assert [entry.funds_after_minor for entry in taken] == [250, 150, 50]
    assert_verified()


def test_it_is_booked_on_the_gl_code_that_each_credit_has_now(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 3)
    run = records.credit(clerk, amount_minor=1000, gl_code="4900")
    records.edit(clerk, credit_of("C2"), gl_code=get_gl_code(north, "4920"))
    taken = records.take_back(clerk, run)
    entry = JournalEntry.objects.get(cause_type="run", cause_id=taken.pk)
    lines = entry.lines.select_related("gl_code")
    assert entry.event == "credit_taken_back"
    assert {(line.gl_code.code, line.debit_minor, line.credit_minor) for line in lines} == {
        ("2100", 3000, 0),
        ("4900", 0, 2000),
        ("4920", 0, 1000),
    }
    assert_verified()


def test_a_closed_customer_can_be_taken_back_from(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customer = records.add_customer(north)
    run = records.credit(clerk)
    close_customer(customer=customer, staff_id=None)
    assert records.outcomes(records.take_back(clerk, run)) == {"C1": "taken_back"}
    assert_verified()


def test_only_what_was_credited_is_on_the_list(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    _, gone = records.add_customers(north, 2)
    close_customer(customer=gone, staff_id=None)
    run = records.credit(clerk)
    assert records.outcomes(records.take_back(clerk, run)) == {"C1": "taken_back"}
    assert_verified()


def test_a_stopped_run_is_taken_back_as_far_as_it_came(assert_verified: Verified, settings: Settings) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 3)
    settings.MAKEGOOD_CHUNK_ROWS = 1
    run = records.start(records.draft_credit(clerk), clerk)

    def stop_once() -> None:
        if records.reload(run).state == "running":
            stop_run(run=run, membership=clerk)

    run = records.finish(run, after_step=stop_once)
    assert (run.state, run.rows_done) == ("stopped", 1)
    assert records.outcomes(records.take_back(clerk, run)) == {"C1": "taken_back"}
    assert records.funds_of_all(north) == {"C1": 0, "C2": 0, "C3": 0}
    assert_verified()


def test_what_cannot_be_taken_back_is_refused(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    customer = records.add_customer(north)
    done = records.credit(clerk)
    under_way = records.start(records.draft_credit(clerk), clerk)
    draft = records.draft_credit(clerk)
    cancelled = cancel_run(run=records.draft_credit(clerk), membership=clerk)
    taken = records.take_back(clerk, done)
    assert refusal(clerk, under_way) == "run_under_way"
    assert refusal(clerk, draft) == "run_under_way"
    assert refusal(clerk, cancelled) == "run_under_way"
    assert refusal(clerk, taken) == "run_not_credit"
    close_customer(customer=customer, staff_id=None)
    nobody = records.credit(clerk)
    assert refusal(clerk, nobody) == "nothing_credited"
    assert_verified()


def test_the_same_key_takes_back_once(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customer(north)
    one, two = records.credit(clerk), records.credit(clerk)
    first = records.take_back(clerk, one, key="undo")
    assert records.take_back(clerk, one, key="undo") == first
    assert Run.objects.count() == 3
    assert refusal(clerk, two, key="undo") == "key_used"
    with pytest.raises(Refused, match="belongs to another request"):
        records.draft_credit(clerk, key="undo")
    assert records.funds(north, "C1") == 1000
    assert_verified()


def test_what_changes_for_the_whole_take_back_skips_everybody(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2, orders_each=2)
    run = records.credit(clerk, list_name="orders", per="order")
    used = Credit.objects.order_by("id").select_related("customer")[0]
    movements.owe(used.customer, 1000)
    movements.use(used, 1000)
    draft, _ = prepare_take_back(membership=clerk, run=run)
    records.start(draft, clerk)
    set_end_customer_billing(provider=north, on=False, staff_id=None)
    taken = records.finish(draft)
    assert list(records.outcomes(taken).values()) == ["already_used", "billing_off", "billing_off", "billing_off"]
    assert (taken.rows_skipped, taken.customers_skipped, taken.booked_minor) == (4, 2, 0)
    assert_verified()


def test_who_loses_the_right_takes_nothing_back(assert_verified: Verified) -> None:
    north = records.add_provider()
    clerk = records.add_person(north)
    records.add_customers(north, 2)
    run = records.credit(clerk)
    draft, _ = prepare_take_back(membership=clerk, run=run)
    records.start(draft, clerk)
    change_membership(membership=clerk, role="agent")
    assert set(records.outcomes(records.finish(draft)).values()) == {"requester_not_allowed"}
    assert_verified()
