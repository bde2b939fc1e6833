"""How `stripe_proxy` handles one call: idempotency, faults, overlays, and where localstripe differs from Stripe."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.together import Gate

Json = dict[str, Any]
Answer = tuple[int, Json, dict[str, str]]

# Of a payment intent; localstripe refuses what it does not know.
KNOWN_OF_INTENT = {
    *("amount", "currency", "customer", "payment_method", "payment_method_types", "metadata", "confirm", "off_session"),
}
# localstripe knows of no accounts.
ACCOUNT = "acct_1Makegood"
TYPES = {402: "card_error", 429: "rate_limit_error", 401: "authentication_error", 403: "permission_error"}
CODES = {402: "card_declined", 409: "idempotency_key_in_use", 429: "rate_limit", 404: "resource_missing"}


@dataclass(frozen=True)
class Hold:
    """One call that waits at a gate, once it is done or before; see `Processor.hold_next`."""

    gate: Gate
    is_done: bool


@dataclass(frozen=True)
class Fault:
    """One call that goes wrong; see `Processor.fail_next`."""

    method: str
    path: str
    how: int | float | str | Hold
    error: Json


@dataclass(frozen=True)
class Overlay:
    """What is answered in localstripe's place."""

    answer: Json | Callable[[dict[str, str]], Json]


@dataclass(frozen=True)
class Call:
    """What was asked. key: of idempotency. status: what was answered; 0 for no answer."""

    method: str
    path: str
    asked: dict[str, str]
    key: str
    status: int


@dataclass
class ProxyState:
    """What all calls share."""

    upstream: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    faults: list[Fault] = field(default_factory=list)
    overlays: dict[tuple[str, str], Overlay] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    at: datetime | None = None
    # By idempotency key: what was asked, and what was answered; None while it is under way.
    answered: dict[str, tuple[str, Answer | None]] = field(default_factory=dict)


class ProxyHandler(BaseHTTPRequestHandler):
    """One connection of a client. It stays open for further calls, as Stripe's do."""

    protocol_version = "HTTP/1.1"

    def __init__(self, state: ProxyState, *arguments: Any) -> None:
        self._state = state
        self._upstream: http.client.HTTPConnection | None = None
        super().__init__(*arguments)

    def setup(self) -> None:
        super().setup()
        with self._state.lock:
            self._state.connections += 1
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is told of single calls."""

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query if self.command == "GET" else body, keep_blank_values=True))
        key = self.headers.get("Idempotency-Key", "") if self.command == "POST" else ""
        fault = self._take_fault(parts.path)
        how = fault.how if fault else None
        if isinstance(how, float):
            time.sleep(how)
        if isinstance(how, Hold) and not how.is_done:
            how.gate.pass_through()
        if fault and how == "cut":
            answer = None
        elif fault and isinstance(how, int):
            wait = {"Retry-After": str(fault.error["after"])} if "after" in fault.error else {}
            answer = (how, _error(how, **{k: v for k, v in fault.error.items() if k != "after"}), wait)
        else:
            answer = self._answer_once(parts.path, asked, key, body)
            if how == "error_after":
                answer = (500, _error(500), {})
        if isinstance(how, Hold) and how.is_done:
            how.gate.pass_through()
        self._note(parts.path, asked, key, 0 if how in ("cut", "cut_after", "half") or not answer else answer[0])
        self._send(answer, how)

    def _take_fault(self, path: str) -> Fault | None:
        with self._state.lock:
            for fault in self._state.faults:
                if fault.method == self.command and path.startswith(fault.path):
                    self._state.faults.remove(fault)
                    return fault
        return None

    def _answer_once(self, path: str, asked: dict[str, str], key: str, body: str) -> Answer:
        """The answer; with a key that was used before, the one of then."""
        if not key:
            return self._answer(path, asked)
        fingerprint = f"{path} {body}"
        with self._state.lock:
            earlier = self._state.answered.get(key)
            if earlier is None:
                self._state.answered[key] = (fingerprint, None)
        if earlier is not None:
            return _replay(earlier, fingerprint)
        answer: Answer | None = None
        try:
            answer = self._answer(path, asked)
        finally:
            with self._state.lock:
                if answer and (answer[0] < 300 or answer[0] == 402):
                    self._state.answered[key] = (fingerprint, answer)
                else:
                    del self._state.answered[key]
        return answer

    def _answer(self, path: str, asked: dict[str, str]) -> Answer:
        with self._state.lock:
            overlay = self._state.overlays.get((self.command, path))
        if overlay is not None:
            found = overlay.answer(asked) if callable(overlay.answer) else overlay.answer
            return 200, found, {}
        if self.command == "GET" and path == "/v1/account":
            return 200, {"id": ACCOUNT, "object": "account"}, {}
        if self.command == "GET" and path in ("/v1/payment_intents", "/v1/balance_transactions"):
            return self._list(path, asked)
        if self.command == "POST" and path == "/v1/payment_intents":
            asked = {name: value for name, value in asked.items() if name.partition("[")[0] in KNOWN_OF_INTENT}
        status, found = self._ask(self.command, path, asked)
        if status >= 400:
            found = self._complete_error(status, found)
        return status, found, {}

    def _list(self, path: str, asked: dict[str, str]) -> Answer:
        """A list by customer and time, newest first; localstripe knows neither."""
        wanted = {"limit": "1000000"} | ({"expand[0]": "data.source"} if "expand[0]" in asked else {})
        status, found = self._ask("GET", path, wanted)
        if status >= 400:
            return status, found, {}
        rows = sorted(found["data"], key=lambda row: row["created"], reverse=True)
        if self._state.at:
            rows = [row | {"created": int(self._state.at.timestamp())} for row in rows]
        if "customer" in asked:
            rows = [row for row in rows if row["customer"] == asked["customer"]]
        rows = [row for row in rows if row["created"] >= int(asked.get("created[gte]", 0))]
        rows = [row for row in rows if row["created"] < int(asked.get("created[lt]", 10**12))]
        ids = [row["id"] for row in rows]
        begin = ids.index(asked["starting_after"]) + 1 if asked.get("starting_after") in ids else 0
        end = begin + int(asked.get("limit", 10))
        return 200, {"object": "list", "url": path, "has_more": end < len(rows), "data": rows[begin:end]}, {}

    def _complete_error(self, status: int, found: Json) -> Json:
        """The error as Stripe would say it: with its type and code, and the payment intent that was declined."""
        error = found.get("error") or {}
        error |= {"type": TYPES.get(status, "invalid_request_error"), "code": error.get("code") or CODES.get(status)}
        if status == 402 and "charge" in error:
            charge = self._ask("GET", f"/v1/charges/{error['charge']}", {})[1]
            if charge.get("payment_intent"):
                error["payment_intent"] = self._ask("GET", f"/v1/payment_intents/{charge['payment_intent']}", {})[1]
        return {"error": {name: value for name, value in error.items() if value is not None}}

    def _ask(self, method: str, path: str, asked: dict[str, str]) -> tuple[int, Json]:
        """What localstripe itself answers."""
        if self._upstream is None:
            self._upstream = http.client.HTTPConnection(urlsplit(self._state.upstream).netloc, timeout=60)
        query = f"?{urlencode(asked)}" if method == "GET" and asked else ""
        headers = {"Authorization": self.headers.get("Authorization", "")}
        body = urlencode(asked) if method == "POST" else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._upstream.request(method, f"{path}{query}", body, headers)
        answer = self._upstream.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith("{") else {"error": {"message": text}}

    def _note(self, path: str, asked: dict[str, str], key: str, status: int) -> None:
        with self._state.lock:
            self._state.calls.append(Call(self.command, path, asked, key, status))

    def _send(self, answer: Answer | None, how: object) -> None:
        if answer is None or how == "cut_after":
            self.close_connection = True
            return
        status, found, headers = answer
        body = json.dumps(found).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Request-Id": "req_test", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if how == "half":
            body, self.close_connection = body[: len(body) // 2], True
        self.wfile.write(body)

    def finish(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
        super().finish()


def _replay(earlier: tuple[str, Answer | None], fingerprint: str) -> Answer:
    said, answer = earlier
    if said != fingerprint:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return 400, {"error": {"type": "idempotency_error", "message": message}}, {}
    if answer is None:
        return 409, _error(409), {}
    return answer[0], answer[1], {**answer[2], "Idempotent-Replayed": "true"}


def _error(status: int, **error: Any) -> Json:
    said = {"type": TYPES.get(status, "invalid_request_error" if status < 500 else "api_error"), "message": "A test."}
    if status in CODES:
        said["code"] = CODES[status]
    return {"error": {**said, **error}}
