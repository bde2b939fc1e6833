"""The same clerk and invoices as those of payments."""

from tests.web.payments.conftest import browser, card_holder, clerk, mixed

__all__ = ["browser", "card_holder", "clerk", "mixed"]
