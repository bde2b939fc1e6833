"""Lives that were thought of: cycles that change, customers who come back, charges, and what was never paid."""

from collections.abc import Callable

import pytest

from tests.model.both import Both
from tests.model.known import live
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def come_back_for_days_that_were_given_back(it: Both) -> None:
    it.day_by_day(33)
    it.end(0, 0, 3)
    it.day_by_day(1)
    it.sell(0, 2800, 0, 3)
    it.day_by_day(28)


def come_back_for_days_before_all_that_was_billed(it: Both) -> None:
    it.day_by_day(35)
    it.end(0, 0, 10)
    it.day_by_day(1)
    it.sell(0, 2800, 0, 35)
    it.day_by_day(1)
    it.void_bill(0, 3, again=True)
    it.day_by_day(2)


def change_to_anniversaries_before_the_last_bill(it: Both) -> None:
    it.day_by_day(15)
    it.end(0, 0)
    it.change_cycle(0)
    it.day_by_day(2)


def change_to_months_long_after_an_anniversary_ended(it: Both) -> None:
    it.change_cycle(0)
    it.day_by_day(12)
    it.sell(0, 1500, 1)
    it.sleep(30)
    it.end(0, 0)
    it.sleep(40)
    it.change_cycle(0)
    it.end(0, 1, 20)
    it.day_by_day(2)


def change_the_cycle_before_a_price_that_is_corrected(it: Both) -> None:
    it.sleep(9)
    it.sell(0, 3000, 2)
    it.sleep(25)
    it.change_cycle(0)
    it.reprice(0, 0, 6000, -20)
    it.sleep(35)
    it.change_cycle(0)
    it.reprice(0, 0, 4500, 0)
    it.reprice(0, 1, 4500, -20)
    it.day_by_day(30)
    it.end(0, 0, 15)
    it.end(0, 1, 35)
    it.day_by_day(2)


def change_the_cycle_back_and_forth(it: Both) -> None:
    for days in (3, 20, 1, 0, 18):
        it.change_cycle(0)
        it.day_by_day(days)
    it.void_bill(0, -1, again=True)
    it.day_by_day(2)
    it.suspend(0, 0)
    it.change_cycle(0)
    it.day_by_day(3)


def goodwill_beside_what_comes_back(it: Both) -> None:
    it.give([0], 1500)
    it.pay(0, 400)
    it.day_by_day(4)
    it.end(0, 0)
    it.day_by_day(15)


def leave_after_a_write_off(it: Both) -> None:
    it.day_by_day(18)
    it.write_off(0, 0)
    it.end(0, 0, 10)
    it.day_by_day(2)


def leave_before_a_month_that_was_written_off(it: Both) -> None:
    it.pay(0, 5000)
    it.apply_now(0)
    it.reprice(0, 0, 3500, -1)
    it.day_by_day(31)
    it.apply_now(0)
    it.write_off(0, 1)
    it.reprice(0, 0, 1000, 0)
    it.day_by_day(2)
    it.end(0, 0, 20)
    it.day_by_day(2)


def a_price_falls_behind_a_write_off(it: Both) -> None:
    it.pay_one(0, 0, 700)
    it.reprice(0, 0, 3000, 0)
    it.day_by_day(31)
    it.write_off(0, 1)
    it.reprice(0, 0, 900, -20)
    it.day_by_day(30)


def a_late_bill_that_was_wrong(it: Both) -> None:
    it.day_by_day(21)
    it.void_bill(0, 0, again=False)
    it.day_by_day(12)


def a_late_bill_that_was_wrong_after_its_fee_was_billed(it: Both) -> None:
    it.day_by_day(32)
    it.void_bill(0, 0, again=False)
    it.void_bill(0, 1, again=False)
    it.day_by_day(28)


def charges_on_bills_that_are_void(it: Both) -> None:
    it.charge(0, 1000, 1)
    it.charge(0, 300, 2)
    it.bill_now(0)
    it.void_bill(0, 1, again=False)
    it.cancel_charge(0, 1)
    it.day_by_day(31)
    it.cancel_charge(0, 0)
    it.void_bill(0, 2, again=False, charges_wait=False)
    it.bill_now(0)
    it.charge(0, 700)
    it.bill_now(0)
    it.void_bill(0, 2, again=True)
    it.day_by_day(2)


def charges_of_who_has_nothing_else(it: Both) -> None:
    it.charge(0, 1000, 1)
    it.suspend(0, 0)
    it.day_by_day(2)
    it.charge(0, 400)
    it.bill_now(0)
    it.resume(0, 0)
    it.day_by_day(30)
    it.close(0)
    it.charge(0, 400)
    it.bill_now(0)
    it.day_by_day(2)


def charges_while_billing_is_disabled(it: Both) -> None:
    it.charge(0, 1000, 1)
    it.switch_billing(0)
    it.charge(0, 2000, 1)
    it.bill_now(0)
    it.day_by_day(2)
    it.switch_billing(0)
    it.bill_now(0)
    it.bill_now(0)


def drafts_that_are_discarded(it: Both) -> None:
    it.join()
    it.sell(1, 3000, 1)
    it.bill_all_but(1)
    it.sell(0, 1000)
    it.end(0, 0)
    it.bill_all_but(0)
    it.bill_all_but(1)
    it.day_by_day(1)
    it.void_bill(1, 0, again=True)
    it.bill_all_but(0)
    it.bill_all_but(1)
    it.day_by_day(30)


LIVES: tuple[Callable[[Both], None], ...] = (
    come_back_for_days_that_were_given_back,
    come_back_for_days_before_all_that_was_billed,
    change_to_anniversaries_before_the_last_bill,
    change_to_months_long_after_an_anniversary_ended,
    change_the_cycle_before_a_price_that_is_corrected,
    change_the_cycle_back_and_forth,
    goodwill_beside_what_comes_back,
    leave_after_a_write_off,
    leave_before_a_month_that_was_written_off,
    a_price_falls_behind_a_write_off,
    a_late_bill_that_was_wrong,
    a_late_bill_that_was_wrong_after_its_fee_was_billed,
    charges_on_bills_that_are_void,
    charges_of_who_has_nothing_else,
    charges_while_billing_is_disabled,
    drafts_that_are_discarded,
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_a_life(life: Callable[[Both], None], assert_verified: Verified) -> None:
    live(life, assert_verified)
