"""localstripe with many customers and a card each, as ``python -m bench.stripe_like CUSTOMERS``. Prints its port.

Customers are `cus_bench00000001` and so on, their cards `pm_bench00000001`. It ends with its input.
"""

import os
import socket
import sys
import threading
from typing import Any

from aiohttp import web
from localstripe import resources
from localstripe.server import app

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2039, "cvc": "123"}


def main(customers: int) -> None:
    # It would write all that it knows to one file of the machine after every call.
    resources.Store.dump_to_disk = lambda store: None
    # Nobody listens to its events.
    resources.schedule_webhook = lambda event: None
    # It would read all that it knows for the refunds of each charge, many times; here nothing is ever refunded.
    resources.Refund._api_list_all = staticmethod(lambda url, **asked: resources.List(url))
    _take_what_stripe_takes()
    for number in range(1, customers + 1):
        resources.random_id = lambda length, name=f"bench{number:08}": name
        resources.Customer(name=f"Customer {number}")
        resources.PaymentMethod(type="card", card=dict(CARD)).customer = f"cus_bench{number:08}"
    resources.random_id = lambda length: os.urandom(length // 2).hex()
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=_end_with_input, daemon=True).start()
    web.run_app(app, sock=listening, access_log=None, print=lambda *words: None)


def _take_what_stripe_takes() -> None:
    """localstripe refuses some of what the real one takes of a payment intent."""
    create = resources.PaymentIntent._api_create

    def take(description: str = "", error_on_requires_action: str = "", **known: Any) -> Any:
        return create(**known)

    resources.PaymentIntent._api_create = staticmethod(take)


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
