"""A real HTTP proxy in front of localstripe, which adds what it cannot and breaks what a test says.

``with stripe() as processor:`` makes the settings name it. It replays what was asked with the same idempotency key,
answers in localstripe's place where a test lays something over a path, and makes calls fail, wait or be cut off.
"""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from django.test import override_settings

from tests.support.localstripe import forget_everything, start_localstripe
from tests.support.stripe_handler import Call, Fault, Hold, Overlay, ProxyHandler, ProxyState
from tests.support.stripe_recorded import Json, sign
from tests.support.together import Gate
from tests.support.waiting import wait_until

KEY = "sk_test_4vQx8Rt2Kp6nabcd"
PUBLISHABLE_KEY = "pk_test_makegood0000efgh"
WEBHOOK_SECRET = "whsec_9sLm3Wz7Bd5tijkl"
"""Of a gateway in tests; localstripe takes any secret key that begins so."""


ASKED = {
    "charge": ("POST", "/v1/payment_intents"),
    "find_charge": ("GET", "/v1/payment_intents"),
    "refund": ("POST", "/v1/refunds"),
    "find_refund": ("GET", "/v1/refunds"),
    "find_dispute": ("GET", "/v1/disputes"),
    "make_customer": ("POST", "/v1/customers"),
    "read_method": ("GET", "/v1/payment_methods"),
    "change_method": ("POST", "/v1/payment_methods"),
    "start_setup": ("POST", "/v1/setup_intents"),
    "finish_setup": ("GET", "/v1/setup_intents"),
    "list_balance": ("GET", "/v1/balance_transactions"),
}
"""By what is asked of a processor: how it is asked of Stripe. `change_method` attaches and detaches."""

Wrong = int | float | str | tuple[int, Json]


def refusal(code: str, message: str = "A test.", *, status: int = 400, **more: Any) -> tuple[int, Json]:
    """An answer that refuses: to be given where a call goes wrong."""
    return status, {"code": code, "message": message, **more}


class Processor:
    """Stripe, as a test sees and steers it."""

    def __init__(self, state: ProxyState, api: str) -> None:
        self._state, self.api = state, api

    def fail_next(
        self, path: str, how: int | float | str, *, times: int = 1, method: str = "POST", **error: Any
    ) -> None:
        """The next calls to paths that begin so go wrong; nothing of them reaches localstripe unless it says so.

        how: a status (402, 409, 429, 500 …), answered with `error` (``code``, ``decline_code``, ``message``, ``after``
        for Retry-After); ``cut``: the connection ends without an answer, nothing is done; ``cut_after``: it is done,
        and the connection ends before the answer; ``half``: it is done, and half of the answer comes; ``error_after``:
        it is done, and the answer is 500; a float: so many seconds pass first, then it is done and answered.
        """
        with self._state.lock:
            self._state.faults += [Fault(method, path, how, error) for _ in range(times)]

    @contextmanager
    def failing(self, asked: str, *hows: Wrong) -> Iterator[Callable[[], list[Call]]]:
        """The next calls of that kind (`ASKED`) go wrong, one after the other; those after the block go right again.

        hows: as of `fail_next`; a status with its error is a tuple (`refusal`); ``ok`` is a call that goes right.
        Gives what was asked so far, since the beginning of the block.
        """
        method, path = ASKED[asked]
        wrong = [(how, {}) if not isinstance(how, tuple) else how for how in hows]
        faults = [Fault(method, path, how, error) for how, error in wrong]
        with self._state.lock:
            begin = len(self._state.calls)
            self._state.faults += faults
        try:
            yield lambda: [call for call in self.calls[begin:] if call.method == method and call.path.startswith(path)]
        finally:
            with self._state.lock:
                left = [fault for fault in self._state.faults if fault not in faults]
                self._state.faults[:] = left

    def hold_next(self, path: str, *, method: str = "POST", is_done: bool = True) -> Gate:
        """The next call waits at the gate: with the answer to what is done, or before it is done."""
        gate = Gate()
        with self._state.lock:
            self._state.faults.append(Fault(method, path, Hold(gate, is_done), {}))
        return gate

    def overlay(self, path: str, answer: Json | Callable[[dict[str, str]], Json], *, method: str = "GET") -> None:
        """What is answered at exactly that path from now on in place of localstripe.

        A function is given what was asked for, and makes the answer of it.
        """
        with self._state.lock:
            self._state.overlays[method, path] = Overlay(answer)

    def remove_overlay(self, path: str, *, method: str = "GET") -> None:
        with self._state.lock:
            self._state.overlays.pop((method, path), None)

    @property
    def calls(self) -> list[Call]:
        """All that was asked, oldest first."""
        with self._state.lock:
            return list(self._state.calls)

    @property
    def connections(self) -> int:
        """How many were opened so far."""
        with self._state.lock:
            return self._state.connections

    def count(self, path: str, method: str = "POST") -> int:
        """How many calls of that method went to paths that begin so."""
        return sum(call.method == method and call.path.startswith(path) for call in self.calls)

    def charges(self) -> list[tuple[str, str, int, str]]:
        """What localstripe really has of payment intents: reference, key, amount, status; oldest first."""
        made = self._list("/v1/payment_intents")
        return [(each["id"], each["metadata"].get("makegood_key", ""), each["amount"], each["status"]) for each in made]

    def refunds(self) -> list[tuple[str, str, str, int, str]]:
        """What localstripe really gave back: reference, key, payment intent, amount, status."""
        return [
            (
                each["id"],
                each["metadata"].get("makegood_key", ""),
                each["payment_intent"],
                each["amount"],
                each["status"],
            )
            for each in reversed(self._list("/v1/refunds"))
        ]

    def add_card(self, number: str = "4242424242424242", *, year: int = 2039) -> str:
        """The reference of a card that nobody has yet. 4000000000000341 is declined when it is charged."""
        return make_card(self._state.upstream, number, year=year)

    def add_sepa(self, iban: str = "DE89370400440532013000") -> str:
        """The same of a bank account. DE62370400440532013001 fails when it is charged, after half a second."""
        asked = {"type": "sepa_debit", "sepa_debit[iban]": iban}
        return str(self._ask("POST", "/v1/payment_methods", asked)["id"])

    def confirm_setup(self, setup: str, method: str) -> None:
        """What the processor's form does: the setup is confirmed with the method, which becomes the customer's."""
        customer = self._ask("POST", f"/v1/setup_intents/{setup}/confirm", {"payment_method": method})["customer"]
        self._ask("POST", f"/v1/payment_methods/{method}/attach", {"customer": customer})

    def send_webhooks_to(self, url: str, secret: str = WEBHOOK_SECRET) -> None:
        """From now on localstripe sends its own events there, a second after each."""
        body = json.dumps({"url": url, "secret": secret}).encode()
        request = urllib.request.Request(f"{self._state.upstream}/_config/webhooks/makegood", body, method="POST")
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request, timeout=30).close()

    def send_event(self, url: str, payload: Json, secret: str = WEBHOOK_SECRET, at: datetime | None = None) -> int:
        """Sends the event there, signed; gives the status of the answer."""
        body, signature = sign(payload, secret, at)
        request = urllib.request.Request(url, body, {"Stripe-Signature": signature, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def wait_until(self, holds: Callable[[], bool], seconds: float = 20) -> None:
        """For what localstripe does by itself after a moment."""
        wait_until(holds, "localstripe has done it", seconds)

    def _list(self, path: str) -> list[Json]:
        return list(self._ask("GET", f"{path}?limit=1000000")["data"])

    def _ask(self, method: str, path: str, form: Json | None = None) -> Json:
        return _ask(self._state.upstream, method, path, form)


def make_card(api: str, number: str, *, year: int = 2039) -> str:
    """The reference of a new card at the processor that is found there."""
    card = {"card[number]": number, "card[exp_month]": 12, "card[exp_year]": year, "card[cvc]": "123"}
    return str(_ask(api, "POST", "/v1/payment_methods", {"type": "card", **card})["id"])


def _ask(api: str, method: str, path: str, form: Json | None = None) -> Json:
    body = urlencode(form).encode() if form else None
    request = urllib.request.Request(f"{api}{path}", body, method=method)
    request.add_header("Authorization", f"Bearer {KEY}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return dict(json.load(answer))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that a client gave up are no news."""


@contextmanager
def stripe(*, seconds: int = 30, at: datetime | None = None) -> Iterator[Processor]:
    """A Stripe that has charged nothing yet, and that the settings name. seconds: how long an answer is waited for.

    at: when everything was made, as it says; for tests whose clock stands elsewhere. The present moment if None.
    """
    upstream = start_localstripe()
    forget_everything(upstream)
    state = ProxyState(upstream, at=at)
    server = _Server(("127.0.0.1", 0), lambda *arguments: ProxyHandler(state, *arguments))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    api = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with override_settings(MAKEGOOD_STRIPE_API=api, MAKEGOOD_STRIPE_SECONDS=seconds):
            yield Processor(state, api)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
