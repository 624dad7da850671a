"""A region's own database that grows and changes, and how much of it must and may be in an answer at a moment."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

TABLE = """
    create table pipe_stats (
        start_datetime timestamp_ms, organization_id varchar, workspace_id varchar, pipe_id varchar, pipe_name varchar,
        request_id varchar, status_code smallint, error utinyint, duration double, read_bytes ubigint, read_rows ubigint,
        result_rows ubigint, cpu_time double, method varchar, user_agent varchar,
        -- Not exported: when the row was written or corrected, Unix time.
        written_at double)"""

ORGANIZATIONS = [f"org-{number}" for number in range(12)]


@contextmanager
def opened(path: Path, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database, once nobody else has it open in a way that excludes us."""
    pause = threading.Event()
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only)
            break
        except duckdb.IOException:
            pause.wait(0.05)
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


Numbers = tuple[int, int, int]
"""Requests, errors and bytes read."""


@dataclass(frozen=True)
class Written:
    """Requests of one organization and day that were written together: begun and done at a Unix time. Corrections only add bytes."""

    organization: str
    day: date
    numbers: Numbers
    begun: float
    done: float


@dataclass
class Region:
    """The database and the memory of what was written into it. One thread writes."""

    path: Path
    dice: random.Random
    days: Sequence[date]
    written: list[Written] = field(default_factory=list)
    rows: int = 0
    bytes_corrected: int = 0
    """How many bytes all corrections so far added at most."""

    def create(self) -> None:
        """An empty database."""
        with opened(self.path, read_only=False) as connection:
            connection.execute(TABLE)

    def write(self, requests: int) -> None:
        """New requests of one organization, most of them of the newest days; now and then some are corrected."""
        organization = self.dice.choice(ORGANIZATIONS)
        day = self.days[-1] if self.dice.random() < 0.5 else self.dice.choice(self.days)
        midnight, begun = datetime(day.year, day.month, day.day), time.time()
        details = [(self.dice.randrange(2), self.dice.randrange(10**9)) for _ in range(requests)]
        numbers = requests, sum(error for error, _ in details), sum(read for _, read in details)
        # Known before it is there, so that no answer can be ahead of what may be in it.
        self.written.append(Written(organization, day, numbers, begun, float("inf")))
        self.bytes_corrected += self.rows + requests
        with opened(self.path, read_only=False) as connection:
            for error, read in details:
                at = midnight + timedelta(milliseconds=self.dice.randrange(86_400_000))
                self.rows += 1
                connection.execute(
                    "insert into pipe_stats values ($at, $org, $ws, 'pipe-1', 'top_pages', $id, 200, $error, 0.25, $bytes, 10, 1, 0.05, 'GET', 'curl', $now)",
                    {
                        "at": at,
                        "org": organization,
                        "ws": f"{organization}-ws-{self.dice.randrange(3)}",
                        "id": f"request-{self.rows}",
                        "error": error,
                        "bytes": read,
                        "now": time.time(),
                    },
                )
            if self.dice.random() < 0.2:
                connection.execute(
                    "update pipe_stats set read_bytes = read_bytes + 1, written_at = $now"
                    " where cast(start_datetime as date) = $day and organization_id = $org",
                    {"now": time.time(), "day": day, "org": organization},
                )
        self.written[-1] = Written(organization, day, numbers, begun, time.time())

    def numbers(
        self, organization: str, start: date, end: date, *, done_by: float = 0, begun_by: float = 0
    ) -> Numbers:
        """Of the requests of these days whose writing was done, or had begun, by then."""
        found = [
            each.numbers
            for each in tuple(self.written)
            if each.organization == organization
            and start <= each.day < end
            and (each.done <= done_by or each.begun <= begun_by)
        ]
        requests, errors, read = (sum(numbers[place] for numbers in found) for place in range(3))
        return requests, errors, read

    def truth(self) -> dict[str, Numbers]:
        """Requests, errors and bytes read of each organization, by plain SQL over what the region holds."""
        with opened(self.path, read_only=True) as connection:
            found = connection.execute(
                "select organization_id, count(*), sum(error), sum(read_bytes) from pipe_stats group by all"
            ).fetchall()
        return {
            organization: (requests, int(errors), int(read)) for organization, requests, errors, read in found
        }


def changed_days(path: Path, since: float) -> list[date]:
    """The days on which something was written or corrected since then (Unix time)."""
    with opened(path, read_only=True) as connection:
        found = connection.execute(
            "select distinct cast(start_datetime as date) as day from pipe_stats where written_at >= $since order by day",
            {"since": since},
        ).fetchall()
    return [day for (day,) in found]


def today() -> date:
    """Today, UTC."""
    return datetime.now(UTC).date()
