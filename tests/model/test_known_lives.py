"""Lives that were thought of: turns at which days could be billed twice, or never, or given back unpaid."""

from collections.abc import Callable

import pytest

from tests.model.both import Both
from tests.model.known import live
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def same_price_again_and_again(it: Both) -> None:
    for days in (10, 13, 15, 17, 20, 23):
        it.reprice(0, 0, 2001, days)
    it.day_by_day(40)


def bill_again_after_days_have_passed(it: Both) -> None:
    it.day_by_day(20)
    it.switch_billing(0)
    it.day_by_day(15)
    it.switch_billing(0)
    it.void_bill(0, 0, again=True)
    it.day_by_day(30)


def bill_again_after_leaving(it: Both) -> None:
    it.day_by_day(10)
    it.close(0)
    it.void_bill(0, 0, again=True)
    it.day_by_day(3)


def bill_again_at_another_price(it: Both) -> None:
    it.day_by_day(5)
    it.reprice(0, 0, 3000, 0)
    it.void_bill(0, 0, again=True)
    it.day_by_day(2)
    it.void_bill(0, 1, again=True)
    it.void_bill(0, 1, again=True)
    it.day_by_day(30)


def leave_after_a_void(it: Both) -> None:
    it.day_by_day(33)
    it.void_bill(0, 1, again=False)
    it.reprice(0, 0, 3000, 0)
    it.day_by_day(5)
    it.close(0)
    it.day_by_day(5)


def end_before_a_price_that_was_agreed(it: Both) -> None:
    it.reprice(0, 0, 3000, 10)
    it.reprice(0, 0, 1000, 0)
    it.day_by_day(5)
    it.end(0, 0)
    it.day_by_day(35)


def end_and_begin_on_one_day(it: Both) -> None:
    it.day_by_day(10)
    it.end(0, 0)
    it.sell(0, 1500, 2)
    it.day_by_day(30)


def begin_while_not_billed(it: Both) -> None:
    it.switch_billing(0)
    it.day_by_day(10)
    it.sell(0, 1500, 1)
    it.switch_billing(0)
    it.day_by_day(30)
    it.switch_billing(0)
    it.end(0, 0)
    it.day_by_day(10)
    it.switch_billing(0)
    it.day_by_day(25)


def anniversaries_at_the_end_of_months(it: Both) -> None:
    it.sleep(29)
    it.join(is_monthly=False, pays_early=True)
    it.sell(1, 3100, 1)
    it.day_by_day(1)
    it.sleep(26)
    it.day_by_day(3)
    it.sleep(28)
    it.end(1, 0)
    it.day_by_day(3)
    it.sleep(31)


def sleep_through_due_dates_and_last_days(it: Both) -> None:
    it.give([0], 3000)
    it.let_expire(0, 0, 20)
    it.sleep(80)
    it.close_month()
    it.void_bill(0, 0, again=False)


def suspended_in_the_first_days(it: Both) -> None:
    it.day_by_day(9)
    it.sell(0, 3100, 1)
    it.day_by_day(10)
    it.suspend(0, 1)
    it.day_by_day(15)
    it.resume(0, 1)
    it.day_by_day(30)


def suspended_and_resumed_before_the_bill(it: Both) -> None:
    it.day_by_day(3)
    it.sell(0, 3100, 1)
    for days in (3, 4, 1, 5):
        it.suspend(0, 1)
        it.day_by_day(days)
        it.resume(0, 1)
        it.day_by_day(2)
    it.day_by_day(20)
    it.end(0, 1)
    it.day_by_day(20)


def suspended_and_resumed_on_one_day(it: Both) -> None:
    it.day_by_day(33)
    for _ in range(3):
        it.suspend(0, 0)
        it.resume(0, 0)
    it.suspend(0, 0)
    it.day_by_day(5)
    it.end(0, 0)
    it.day_by_day(5)


def left_while_suspended(it: Both) -> None:
    it.join(is_monthly=False)
    it.sell(1, 3100, 2)
    it.sell(0, 900, 1)
    it.suspend(0, 1)
    it.suspend(1, 0)
    it.day_by_day(4)
    it.end(1, 0)
    it.day_by_day(4)
    it.close(0)
    it.day_by_day(30)


def bill_again_what_was_suspended_since(it: Both) -> None:
    it.day_by_day(15)
    it.suspend(0, 0)
    it.day_by_day(20)
    it.void_bill(0, 0, again=True)
    it.day_by_day(3)
    it.resume(0, 0)
    it.day_by_day(30)


def suspended_on_an_anniversary(it: Both) -> None:
    it.join(is_monthly=False)
    it.sell(1, 3100, 2)
    it.day_by_day(25)
    it.sell(1, 1500, 1)
    it.suspend(1, 0)
    it.day_by_day(10)
    it.resume(1, 0)
    it.suspend(1, 1)
    it.day_by_day(33)


def not_billed_while_suspended(it: Both) -> None:
    it.day_by_day(10)
    it.sell(0, 3100, 1)
    it.day_by_day(5)
    it.suspend(0, 0)
    it.suspend(0, 1)
    it.switch_billing(0)
    it.day_by_day(20)
    it.resume(0, 1)
    it.day_by_day(10)
    it.switch_billing(0)
    it.resume(0, 0)
    it.day_by_day(35)


def a_price_changes_before_days_pass(it: Both) -> None:
    it.day_by_day(15)
    it.reprice(0, 0, 3000, -5)
    it.switch_billing(0)
    it.day_by_day(20)
    it.switch_billing(0)
    it.suspend(0, 0)
    it.day_by_day(20)
    it.resume(0, 0)
    it.day_by_day(10)


def leave_after_a_void_of_a_correction(it: Both) -> None:
    it.day_by_day(15)
    it.reprice(0, 0, 3000, -5)
    it.day_by_day(20)
    it.void_bill(0, 1, again=False)
    it.reprice(0, 0, 2500, -10)
    it.day_by_day(30)
    it.end(0, 0)
    it.day_by_day(5)


def pay_and_bounce_around_a_write_off(it: Both) -> None:
    it.pay(0, 5000)
    it.day_by_day(20)
    it.pay_one(0, 0, 100)
    it.sleep(45)
    it.write_off(0, 1)
    it.reverse(0, 0)
    it.reverse(0, 1)


LIVES: tuple[Callable[[Both], None], ...] = (
    same_price_again_and_again,
    bill_again_after_days_have_passed,
    bill_again_after_leaving,
    bill_again_at_another_price,
    leave_after_a_void,
    end_before_a_price_that_was_agreed,
    end_and_begin_on_one_day,
    begin_while_not_billed,
    anniversaries_at_the_end_of_months,
    sleep_through_due_dates_and_last_days,
    suspended_in_the_first_days,
    suspended_and_resumed_before_the_bill,
    suspended_and_resumed_on_one_day,
    left_while_suspended,
    bill_again_what_was_suspended_since,
    suspended_on_an_anniversary,
    not_billed_while_suspended,
    a_price_changes_before_days_pass,
    leave_after_a_void_of_a_correction,
    pay_and_bounce_around_a_write_off,
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_a_life(life: Callable[[Both], None], assert_verified: Verified) -> None:
    live(life, assert_verified)
