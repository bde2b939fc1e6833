"""How a life that was thought of begins and ends: with one customer who has one order, and with everything agreeing."""

from collections.abc import Callable
from datetime import date

from tests.model.both import Both
from tests.model.days import Terms
from tests.model.real import Shape
from tests.support.answers import Verified

FIRST = date(2026, 1, 1)


def live(life: Callable[[Both], None], assert_verified: Verified) -> None:
    """Leads the life in both worlds; they have to say the same, and the books have to hold."""
    it = Both(Shape("USD", 2, Terms(FIRST, fee=500)))
    it.join()
    it.sell(0, 2001, 1)
    it.day_by_day(1)
    life(it)
    it.require_same()
    with it.real.now():
        assert_verified()
