"""Lives with a card that were thought of: turns at which money could be made up, lost, or given to the wrong one."""

from collections.abc import Callable

import pytest

from makegood.gateways.handlers import NotYet
from makegood.kit.refusal import Refused
from tests.model.card_life import CardLife
from tests.support.answers import Verified

pytestmark = [pytest.mark.django_db, pytest.mark.sql]

LONG_AGO, TODAY, LATER = 0, 2, 3
"""When an invoice was due, as `owe` takes it."""
SETTLED, LEFT_OPEN = 0, 2
"""What follows a refund of the first invoice of one or two."""
ALL = 10_000

Figures = tuple[int, int]


def paid_by_card(it: CardLife, amount: int = 60, due: int = LATER) -> None:
    it.owe(due, amount)
    it.charge(0, 0)
    it.succeed(0)


def disputed_and_won(it: CardLife) -> Figures:
    paid_by_card(it)
    it.dispute_and_win(0, ALL)
    return 0, 0


def disputed_in_parts_one_lost_one_won(it: CardLife) -> Figures:
    paid_by_card(it)
    lost, won = it.dispute(0, 20, "open"), it.dispute(0, 30, "open")
    it.end_dispute_of(won, "won")
    it.end_dispute_of(lost, "lost")
    return 20, 0


def written_off_while_disputed_and_won_then(it: CardLife) -> Figures:
    """What the card had really paid is not made Available Funds: it makes the write-off smaller."""
    paid_by_card(it, due=LONG_AGO)
    dispute = it.dispute(0, ALL, "open")
    it.write_off(0)
    it.end_dispute_of(dispute, "won")
    return 0, 0


def written_off_between_two_disputes(it: CardLife) -> Figures:
    it.owe(LONG_AGO, 100)
    it.pay_part_in_cash(0, 40)
    it.charge(0, 0)
    it.succeed(0)
    it.reverse_cash(0, 0)
    it.write_off(0)
    it.dispute_and_win(0, ALL)
    return 0, 0


def late_success_of_what_was_paid_in_cash(it: CardLife) -> Figures:
    it.owe(LATER, 60)
    it.charge(0, 0)
    it.fail(0)
    it.pay_cash(0, 60)
    it.succeed_late(0)
    return 0, 60


def paid_out_bounced_and_disputed(it: CardLife) -> Figures:
    late_success_of_what_was_paid_in_cash(it)
    it.pay_out(0, ALL)
    it.give_back(0)
    it.bounce(0)
    it.dispute(0, ALL, "lost")
    return 0, 0


def disputed_while_a_refund_is_under_way(it: CardLife) -> Figures:
    paid_by_card(it)
    it.refund(LEFT_OPEN, 25)
    with pytest.raises(NotYet):
        it.dispute(0, ALL, "open")
    it.give_back(0)
    it.dispute(0, ALL, "open")
    return 60, 0


def given_back_settled_and_bounced(it: CardLife) -> Figures:
    paid_by_card(it)
    it.refund(SETTLED, 25)
    it.give_back(0)
    it.bounce(0)
    return 0, 25


def given_back_left_open_and_made_after_all(it: CardLife) -> Figures:
    paid_by_card(it)
    it.refund(LEFT_OPEN, 60)
    it.refuse_to_give_back(0)
    it.give_back_after_all(0)
    return 60, 0


def given_back_in_part_then_disputed_and_bounced(it: CardLife) -> Figures:
    paid_by_card(it)
    it.refund(SETTLED, 20)
    it.give_back(0)
    it.dispute(0, ALL, "open")
    it.bounce(0)
    it.end_dispute(1)
    return 0, 20


def settled_refund_of_a_half_paid_invoice_that_somebody_wants_to_void(it: CardLife) -> Figures:
    """Voiding it would give the settling credit, which nobody has paid, to the customer."""
    it.owe(LATER, 100)
    it.pay_part_in_cash(0, 60)
    it.charge(0, 0)
    it.succeed(0)
    it.reverse_cash(0, 0)
    it.refund(SETTLED, 40)
    it.give_back(0)
    with pytest.raises(Refused, match="settled with a credit"):
        it.void(0)
    return 60, 0


def returned_after_what_was_over_was_spent(it: CardLife) -> Figures:
    late_success_of_what_was_paid_in_cash(it)
    it.owe(LATER, 45)
    it.use_funds(0, 0)
    it.dispute(0, ALL, "lost")
    return 45, 0


LIVES = [
    disputed_and_won,
    disputed_in_parts_one_lost_one_won,
    written_off_while_disputed_and_won_then,
    written_off_between_two_disputes,
    late_success_of_what_was_paid_in_cash,
    paid_out_bounced_and_disputed,
    disputed_while_a_refund_is_under_way,
    given_back_settled_and_bounced,
    given_back_left_open_and_made_after_all,
    given_back_in_part_then_disputed_and_bounced,
    settled_refund_of_a_half_paid_invoice_that_somebody_wants_to_void,
    returned_after_what_was_over_was_spent,
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__.replace("_", "-"))
def test_known_life_with_a_card(life: Callable[[CardLife], Figures], assert_verified: Verified) -> None:
    it = CardLife("north")
    figures = life(it)
    assert it.figures() == figures
    it.require_same()
    assert_verified()
