"""Messages sent per second: rendered, built, given to a mail server, each written down before the next.

Beside Django's EmailMultiAlternatives over one reused connection, which renders and writes down nothing. Each round
measures Django, one process and two processes, in turn, each with a mail server of its own and the outbox on a fresh
copy of the same database; medians of the ratios within a round are what counts, since the machine's speed drifts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from bench.databases import BenchServer, bench_server
from bench.mail_letter import HTML, NAME, TEXT
from bench.prepare import prepare_customers

OUTBOX = """
INSERT INTO message (provider_id, customer_id, cause_id, created_at, due_at, template, cause_type, state, reason,
    attempts, address, subject)
SELECT provider_id, id, 1, timestamptz '2026-01-01', timestamptz '2026-01-01', %(name)s, 'bench', 'waiting', '', 0,
    '', ''
FROM customer
ORDER BY id
"""
PACE = "INSERT INTO email_settings (provider_id, sender_name, sender_address, reply_to, per_minute) "
PACE += "SELECT id, 'Bench', 'billing@bench.example', '', 100000000 FROM provider"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench mail", description=__doc__)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    asked = parser.parse_args(arguments)
    with bench_server() as server:
        _prepare(server, asked.messages)
        rounds = [_measure_round(server, asked.messages) for _ in range(asked.rounds)]
    _print(asked.messages, rounds)
    return 0


def _prepare(server: BenchServer, messages: int) -> None:
    prepare_customers(server, "bench_mail", messages)
    with psycopg.connect(server.url("bench_mail"), autocommit=True) as connection:
        connection.execute(OUTBOX, {"name": NAME})
        connection.execute(PACE)
        connection.execute("VACUUM (ANALYZE)")


def _measure_round(server: BenchServer, messages: int) -> dict[str, float]:
    with _sink(messages) as port:
        django = _send([_start(["bench.mail_floor", str(port), str(messages)], {})])
    return {
        "django": messages / django,
        "one": messages / _send_outbox(server, messages, 1),
        "two": messages / _send_outbox(server, messages, 2),
    }


def _send_outbox(server: BenchServer, messages: int, processes: int) -> float:
    with server.copy_of("bench_mail") as url, _sink(messages) as port:
        environment = {
            "DATABASE_URL": url,
            "MAKEGOOD_SECRET_KEY": "for measurements only",
            "MAKEGOOD_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "MAKEGOOD_MAIL_FROM": "billing@bench.example",
        }
        seconds = _send([_start(["bench.mail_path"], environment) for _ in range(processes)])
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM message JOIN message_body ON message_id = id").fetchone()
    if row is None or row[0] != messages:
        raise RuntimeError("Not every message was sent and written down.")
    return seconds


def _start(module: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    process.stdout.readline()
    return process


def _send(processes: list[subprocess.Popen[str]]) -> float:
    """Lets them begin together; returns the seconds until the last is done."""
    began = time.perf_counter()
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    answers: list[dict[str, Any]] = []
    for process in processes:
        assert process.stdout
        answers.append(json.loads(process.stdout.readline()))
    seconds = time.perf_counter() - began
    for process in processes:
        process.communicate()
    return seconds


@contextmanager
def _sink(expected: int) -> Iterator[int]:
    """A mail server during the block, which must have taken so many messages at its end; yields its port."""
    command = [sys.executable, "-m", "bench.mail_sink"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield int(process.stdout.readline())
        taken = int(process.communicate()[0])
    finally:
        process.kill()
    if taken != expected:
        raise RuntimeError(f"The mail server took {taken} messages instead of {expected}.")


def _print(messages: int, rounds: list[dict[str, float]]) -> None:
    def median(name: str) -> str:
        return f"{statistics.median(each[name] for each in rounds):,.0f}"

    def ratio(name: str, to: str) -> str:
        return f"{statistics.median(each[name] / each[to] for each in rounds):.2f}"

    size = (len(TEXT) + len(HTML)) / 1000
    title = f"{messages:,} messages of {size:.1f} kB (text and HTML), {len(rounds)} rounds (medians)"
    table = Table(title=title, box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("messages per second, one process", median("one"))
    table.add_row("messages per second, two processes", median("two"))
    table.add_row("Django's EmailMultiAlternatives, nothing rendered or written down", median("django"))
    table.add_row("speed of one process relative to Django, aim 1.5", ratio("one", "django"))
    table.add_row("two processes relative to one", ratio("two", "one"))
    Console().print(table)
