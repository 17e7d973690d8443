"""The process that sweeps, as its jobs see it: they end when it is gone."""

import os
from functools import cache
from threading import Thread
from time import sleep

from tracked.project import here
from tracked.store import processes
from tracked.sweeps.ticket import Ticket

SECONDS_HERE = 1.0  # between looks at a process of this machine
SECONDS_AWAY = 10.0  # between looks into the store


def end_with(ticket: Ticket) -> None:
    """End this process when the one that sweeps has died, or no longer sweeps."""
    _watch(ticket.parent, ticket.driver)


def has_nothing_to_do(ticket: Ticket) -> bool:
    """Whether a job need not run: its sweep is over, or it has finished and a launcher has lost the news."""
    from tracked.store.store import Store

    query = f"tags.job = '{ticket.job}' and tags.driver = '{ticket.driver}' and attributes.status = 'FINISHED'"
    return _is_over(ticket.parent, ticket.driver) or bool(Store.at(here().root).search(query, most=1))


@cache
def _watch(parent: str, driver: str) -> None:
    """Once for a sweep, as launchers use processes again."""
    here = processes.is_here(driver)

    def wait() -> None:
        while not (processes.died(driver) if here else _is_over(parent, driver)):
            sleep(SECONDS_HERE if here else SECONDS_AWAY)
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _is_over(parent: str, driver: str) -> bool:
    """Whether the run of the sweep has ended, or is another process's by now. A store that is busy says neither."""
    from tracked.store.store import Store

    try:
        run = Store.at(here().root).client.get_run(parent)
    except Exception:
        return False
    return run.info.status != "RUNNING" or run.data.tags.get("process") != driver
