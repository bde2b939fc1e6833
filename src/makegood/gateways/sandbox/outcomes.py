"""The test methods of the sandbox and what becomes of what is charged to each. Pure: no database, no clock.

Days are of 24 hours, counted from the charge, or where it is said so, from the moment at which it succeeded.
"""

from dataclasses import dataclass
from datetime import date

from makegood.gateways.rules import DisputeState, MethodKind

CARDS_EXPIRE_ON = date(2039, 12, 31)
ALWAYS = 10**6


@dataclass(frozen=True)
class Outcome:
    """A test method. says: what becomes of a charge, for people.

    failure: why a charge fails. fails: how many do, of one method. settles_after: days until it is decided.
    silent: it is charged, and no answer comes. found_after: days until the processor knows of it at all.
    disputed_after: days from the success until the bank takes it back; decided_after: days more until it is `decided`.
    refund_failure: why a refund fails. refund_settles_after: days until it is decided. refund_silent: as silent.
    refund_bounces_after: days from its success until the bank sends a refund back.
    """

    code: str
    says: str
    kind: MethodKind = MethodKind.CARD
    brand: str = "Visa"
    last_four: str = "4242"
    failure: str = ""
    fails: int = 0
    settles_after: int = 0
    silent: bool = False
    found_after: int = 0
    disputed_after: int | None = None
    dispute_reason: str = "fraudulent"
    decided: DisputeState | None = None
    decided_after: int = 0
    refund_failure: str = ""
    refund_settles_after: int = 0
    refund_silent: bool = False
    refund_bounces_after: int | None = None

    @property
    def title(self) -> str:
        """How people know it: kind, brand and last four digits."""
        return f"{self.brand} ending {self.last_four}"

    @property
    def expires_on(self) -> date | None:
        return CARDS_EXPIRE_ON if self.kind == MethodKind.CARD else None


_ACH, _SEPA = MethodKind.ACH, MethodKind.SEPA
_BANK, _EURO_BANK = "Test Bank", "Test Bank (EU)"

OUTCOMES = (
    Outcome("card_succeeds", "Each charge succeeds at once."),
    Outcome("card_declined", "Each charge is declined.", last_four="0002", failure="card_declined", fails=ALWAYS),
    Outcome(
        "card_insufficient_once",
        "The first charge fails as there is not enough money; each further one succeeds.",
        last_four="9995",
        failure="insufficient_funds",
        fails=1,
    ),
    Outcome(
        "card_stolen",
        "Each charge is declined as the card is stolen; it is not tried again.",
        last_four="9979",
        failure="stolen_card",
        fails=ALWAYS,
    ),
    Outcome(
        "card_expired",
        "Each charge fails because the card has expired.",
        last_four="0069",
        failure="expired_card",
        fails=ALWAYS,
    ),
    Outcome(
        "card_authentication",
        "Each charge fails as the bank wants its customer to confirm it.",
        last_four="3155",
        failure="authentication_required",
        fails=ALWAYS,
    ),
    Outcome(
        "card_timeout",
        "Each charge is made, but the answer does not arrive; whoever asks again is told.",
        last_four="0119",
        silent=True,
    ),
    Outcome(
        "card_late",
        "No answer arrives, and nothing is known of the charge for 2 days; then it has succeeded.",
        last_four="0127",
        silent=True,
        found_after=2,
    ),
    Outcome(
        "card_disputed",
        "Each charge succeeds, is disputed 2 days later, and lost 10 days after that.",
        last_four="0259",
        disputed_after=2,
        decided=DisputeState.LOST,
        decided_after=10,
    ),
    Outcome(
        "card_dispute_won",
        "Each charge succeeds, is disputed 2 days later, and won back 10 days after that.",
        last_four="2685",
        disputed_after=2,
        decided=DisputeState.WON,
        decided_after=10,
    ),
    Outcome(
        "card_refund_fails",
        "Each charge succeeds; a refund is refused by the bank at once.",
        last_four="5126",
        refund_failure="expired_or_canceled_card",
    ),
    Outcome(
        "card_refund_bounces",
        "Each charge succeeds, and so does a refund; the bank sends the refund back 3 days later.",
        brand="Mastercard",
        last_four="3222",
        refund_bounces_after=3,
    ),
    Outcome(
        "card_refund_timeout",
        "Each charge succeeds; a refund is made, but the answer does not arrive.",
        brand="Mastercard",
        last_four="8210",
        refund_silent=True,
    ),
    Outcome(
        "card_refund_pending",
        "Each charge succeeds; a refund is under way for 2 days, then it has succeeded.",
        last_four="7726",
        refund_settles_after=2,
    ),
    Outcome("ach_succeeds", "Under way for 4 days, then it succeeds.", _ACH, _BANK, "6789", settles_after=4),
    Outcome(
        "ach_fails",
        "Under way for 4 days, then it fails as there is not enough money.",
        _ACH,
        _BANK,
        "2227",
        failure="insufficient_funds",
        fails=ALWAYS,
        settles_after=4,
    ),
    Outcome(
        "ach_closed",
        "Under way for 4 days, then it fails as the account is closed; it is not tried again.",
        _ACH,
        _BANK,
        "1116",
        failure="account_closed",
        fails=ALWAYS,
        settles_after=4,
    ),
    Outcome(
        "ach_returned",
        "Under way for 4 days, then it succeeds; 3 days later the bank returns it for good.",
        _ACH,
        _BANK,
        "3335",
        settles_after=4,
        disputed_after=3,
        dispute_reason="debit_not_authorized",
        decided=DisputeState.LOST,
    ),
    Outcome("sepa_succeeds", "Under way for 5 days, then it succeeds.", _SEPA, _EURO_BANK, "3000", settles_after=5),
    Outcome(
        "sepa_fails",
        "Under way for 5 days, then it fails as there is not enough money.",
        _SEPA,
        _EURO_BANK,
        "3001",
        failure="insufficient_funds",
        fails=ALWAYS,
        settles_after=5,
    ),
    Outcome(
        "sepa_returned",
        "Under way for 5 days, then it succeeds; 8 days later the bank returns it for good.",
        _SEPA,
        _EURO_BANK,
        "3003",
        settles_after=5,
        disputed_after=8,
        dispute_reason="debit_not_authorized",
        decided=DisputeState.LOST,
    ),
)
"""All test methods, in the order in which people are shown them."""

OUTCOME_OF = {outcome.code: outcome for outcome in OUTCOMES}

FEE_PER_MILLE = {MethodKind.CARD: 29, MethodKind.ACH: 8, MethodKind.SEPA: 8}
"""What the sandbox keeps of a charge."""

LONGEST_DAYS = 45
"""After so many days nothing happens to a charge or a refund by itself any more."""
