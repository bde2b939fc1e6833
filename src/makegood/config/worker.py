"""``makegood worker``: works off the queue until it is told to end, or the database stays away."""

import argparse
import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING

from django.db import connection

from makegood.config.supervised import end_with_supervisor
from makegood.kit.jobs import queue

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

CONCURRENT_JOBS = 4
POLL_SECONDS = 2.0
HEARTBEAT_SECONDS = 10.0
# A job that takes longer is told to leave the rest for later (``context.should_abort()``), and is then waited for.
GRACE_SECONDS = 1.0
# A connection that cannot be had for so long means that the database stays away.
CONNECTION_WAIT_SECONDS = 15.0

log = logging.getLogger("makegood.worker")


def add_parser(subparsers: "Subparsers") -> None:
    parser = subparsers.add_parser("worker", help="work off the queue (part of `serve`)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 when told to end, 1 when the database stays away: who started the worker starts it again."""
    from procrastinate.contrib.django import connector_params
    from procrastinate.exceptions import ConnectorException
    from procrastinate.psycopg_connector import PsycopgConnector
    from psycopg_pool import PoolTimeout

    end_with_supervisor()
    # Fails at once where the queue's own pool would wait.
    connection.ensure_connection()
    connection.close()
    connector = PsycopgConnector(
        kwargs=connector_params(), min_size=2, max_size=CONCURRENT_JOBS + 4, timeout=CONNECTION_WAIT_SECONDS
    )
    with queue.replace_connector(connector):
        try:
            told_to_end = asyncio.run(_work())
        except (ConnectorException, PoolTimeout) as error:
            log.error("The database stays away (%s).", error.__cause__ or error)
            return 1
    if not told_to_end:
        log.error("The worker lost the database.")
    return 0 if told_to_end else 1


async def _work() -> bool:
    """Works until a signal comes; returns whether one came."""
    told = asyncio.Event()
    async with queue.open_async():
        work = asyncio.create_task(
            queue.run_worker_async(
                concurrency=CONCURRENT_JOBS,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
            )
        )

        def stop() -> None:
            told.set()
            work.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await work
    return told.is_set()
