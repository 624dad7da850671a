"""Several real processes on one registry, on SQLite and on PostgreSQL."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from tests.databases import PostgreSQL
from tests.tokens import SECRET, grant
from wrapped_assets.access.registry import Registry, RegistryUnavailable
from wrapped_assets.access.tokens import Authority
from wrapped_assets.assets import edition_tokens

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent


@contextmanager
def process(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of tests/registry_process.py that said it is ready."""
    command = [sys.executable, "-m", "tests.registry_process", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            assert output(started).readline() == "ready\n"
            yield started
        finally:
            started.kill()


def output(started: "subprocess.Popen[str]") -> IO[str]:
    """What it prints."""
    assert started.stdout is not None
    return started.stdout


def found(started: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a process found, once it ended."""
    result = json.loads(output(started).read())
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("how", ["revoke", "rotate"])
def test_what_was_revoked_is_refused_in_another_process_within_a_second(registry_url: str, how: str) -> None:
    """Token and link, by a process that asks all the time and so remembers both."""
    with Registry.open(registry_url) as registry:
        end = datetime.now(UTC) + timedelta(hours=1)
        token = Authority(SECRET, registry).issue(grant("a", expires_at=end))
        registry.make_links(2025, {"w-1": "Acme"})
        (link,) = registry.links_of_edition(2025)
        with process("until_refused", registry_url, token, link.url_key) as other:
            threading.Event().wait(0.2)
            if how == "revoke":
                registry.revoke("a")
            else:
                registry.rotate()
            registry.revoke(link.url_key)
            at = time.time()
            seen = found(other)

    # A rotation revokes and changes the key: which of them another process sees first is chance.
    assert seen["reason"] in {"revoke": ("revoked",), "rotate": ("revoked", "forged")}[how]
    assert seen["asked"] > 100
    assert seen["token"] < at + 1.0 and seen["link"] < at + 1.0


def test_processes_that_issue_at_once_give_each_customer_one_link(registry_url: str) -> None:
    """Six of them, on a database that is not even made: one address, one token each, and everyone sees the same."""
    customers = 700
    with (
        process("issue", registry_url, str(customers)) as one,
        process("issue", registry_url, str(customers)) as two,
        process("issue", registry_url, str(customers)) as three,
        process("issue", registry_url, str(customers)) as four,
        process("issue", registry_url, str(customers)) as five,
        process("issue", registry_url, str(customers)) as six,
    ):
        others = (one, two, three, four, five, six)
        for other in others:
            assert other.stdin is not None
            other.stdin.write("go\n")
            other.stdin.flush()
        results = [found(other) for other in others]

    assert sum(result["links"] for result in results) == customers
    assert sum(result["tokens"] for result in results) == customers
    assert all(result["keys"] == results[0]["keys"] for result in results)
    with Registry.open(registry_url) as registry:
        assert len(registry.links_of_edition(2025)) == len(registry.tokens()) == customers
        assert len(registry.tokens_of_edition(2025)) == customers


def test_a_process_that_was_killed_leaves_whole_customers(registry_url: str) -> None:
    """kill -9 in the middle of issuing: who has a link has its short form too, and the next run gives the rest."""
    customers = {f"w-{number}": f"Company {number}" for number in range(8_000)}
    with (
        process("issue", registry_url, str(len(customers))) as other,
        Registry.open(registry_url) as registry,
    ):
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        wait_for(lambda: len(registry.links_of_edition(2025)) > 0)
        other.send_signal(signal.SIGKILL)
        other.wait()

        left = registry.links_of_edition(2025)
        assert 0 < len(left) < len(customers)
        assert all(registry.resolve_short(link.short) == link for link in left[::50])
        edition_tokens.issue(registry, 2025, customers, datetime.now(UTC))
        whole = registry.links_of_edition(2025)
        assert set(left) <= set(whole) and {link.subject for link in whole} == set(customers)
        assert registry.tokens_of_edition(2025).keys() == customers.keys()


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds."""
    deadline, pause = time.monotonic() + 20, threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.005)


def test_a_database_that_goes_away_refuses_and_comes_back(postgresql: PostgreSQL) -> None:
    """While it is gone no token is trusted; afterwards the same process goes on by itself."""
    with Registry.open(postgresql.url()) as registry:
        registry.make_links(2025, {"w-1": "Acme"})
        (link,) = registry.links_of_edition(2025)
        assert registry.resolve(link.url_key) == link
        postgresql.stop()
        try:
            for _ in range(2):
                with pytest.raises(RegistryUnavailable, match="could not be used"):
                    registry.resolve(link.url_key)
        finally:
            postgresql.start()
        assert registry.resolve(link.url_key) == link
        # Restarted while nobody looked: its old connections are dead, and no request fails for it.
        postgresql.stop()
        postgresql.start()
        assert registry.resolve(link.url_key) == link
