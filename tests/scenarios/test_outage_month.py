"""A month of a billing clerk: the clock is moved, and what must have happened is said."""

from datetime import UTC, date, datetime

import pytest

from makegood.credits.models import Credit
from makegood.credits.selectors import get_rehearsal
from makegood.customers.selectors import get_customer
from makegood.kit.clock import frozen_clock
from makegood.ledger.models import JournalEntry
from makegood.ledger.selectors import get_gl_code
from makegood.orders.services.close_customer import close_customer
from makegood.providers.models import Membership, Provider
from makegood.providers.services import set_limits
from makegood.runs.models import Run
from makegood.runs.services.start_run import retry_failed
from makegood.transaction_templates.services import add_template
from tests.support import movements, records
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def noon(day: int) -> datetime:
    return datetime(2026, 5, day, 19, tzinfo=UTC)


def make_town() -> Provider:
    """Four customers with lines in two areas, and a template for outages."""
    north = records.add_provider(timezone="America/Los_Angeles")
    records.add_customer(north, "Ann", areas=["Springfield"])
    records.add_customer(north, "Bob", areas=["Springfield", "Springfield"])
    records.add_customer(north, "Cat", areas=["Springfield", "Shelbyville"])
    records.add_customer(north, "Dan", areas=["Shelbyville"])
    add_template(
        provider=north,
        name="Outage",
        direction="credit",
        kind="outage",
        amount_minor=500,
        description="Sorry for the outage",
        gl_code=get_gl_code(north, "4910"),
        staff_id=None,
    )
    return north


def draft(membership: Membership, area: str) -> Run:
    """What the template says, for each line in the area."""
    return records.draft_credit(
        membership, area=area, list_name="orders", per="order", template="Outage", amount_minor=None
    )


def test_an_outage_is_made_good_per_line_and_what_was_wrong_is_put_right(assert_verified: Verified) -> None:
    north = make_town()
    clerk, manager = records.add_person(north), records.add_person(north, "manager")

    with frozen_clock(noon(2)):
        # Dan has moved away and owes; Ann has had generous goodwill before.
        movements.owe(get_customer(north, "Dan"), 2000)
        close_customer(customer=get_customer(north, "Dan"), staff_id=None)
        set_limits(provider=north, staff_id=None, largest_funds_minor=10_000)
        records.credit(manager, customers=[get_customer(north, "Ann")], amount_minor=9_900)
    assert_verified()

    with frozen_clock(noon(4)):
        first = records.finish(records.start(draft(clerk, "Springfield"), clerk))
        assert records.outcomes(first) == {
            "Ann-1": "over_funds_limit",
            "Bob-1": "credited",
            "Bob-2": "credited",
            "Cat-1": "credited",
        }
        assert [message.level for message in records.messages(manager)] == ["success", "warning"]
    assert_verified()

    with frozen_clock(noon(5)):
        set_limits(provider=north, staff_id=None, largest_funds_minor=20_000)
        first = records.finish(retry_failed(run=first, membership=clerk))
        assert records.funds_of_all(north) == {"Ann": 10_400, "Bob": 1000, "Cat": 500, "Dan": 0}
        days = JournalEntry.objects.filter(cause_type="run", cause_id=first.pk).values_list("booked_on", flat=True)
        assert list(days.order_by("id")) == [date(2026, 5, 4), date(2026, 5, 5)]
    assert_verified()

    with frozen_clock(noon(9)):
        # A colleague is about to do it again: the rehearsal warns.
        assert get_rehearsal(draft(manager, "Springfield")).look_alikes == 3

    with frozen_clock(noon(20)):
        # The outage was in Shelbyville. Bob's bill has been paid from one of the credits meanwhile.
        paid = Credit.objects.filter(customer=get_customer(north, "Bob")).order_by("id")[0]
        movements.owe(paid.customer, 300)
        movements.use(paid, 300)
        taken = records.take_back(clerk, first)
        assert (taken.rows_done, taken.booked_minor) == (4, 1700)
        second = records.finish(records.start(draft(clerk, "Shelbyville"), clerk))
        assert records.outcomes(second) == {"Cat-2": "credited", "Dan-1": "credited"}
    assert records.funds_of_all(north) == {"Ann": 9900, "Bob": 0, "Cat": 500, "Dan": 500}
    assert records.reload(first).booked_minor == 2000, "what was booked on the first run stays written"
    assert_verified()
