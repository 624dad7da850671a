"""Small hostile worlds of landing files: made to collide, to tie, to sit on edges, to be broken in every way.

`worlds()` is the Hypothesis strategy, `make_world(seed, size)` the same worlds from a plain random generator.
Both describe what writers may do under the landing contract; what follows is `tests/oracle.py`'s to say.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from tests.landing_files import (
    COLUMNS,
    EVENT_TIME,
    FAMILIES,
    NULLABLE,
    LandingFile,
    Row,
    bad_pages,
    can_widen,
    extra_column,
    family_of,
    files_of,
    no_bytes,
    not_parquet,
    operation,
    organization,
    reading,
    request,
    truncated,
    widened,
    without_column,
    workspace,
    wrong_type,
)

T = TypeVar("T")
YEARS = (2024, 2025, 2026)

REGIONS = ("aws-eu-west-1", "gcp-us-east4", "aws-us-east-1")
ORGANIZATIONS = ("org-1", "org-2", 'o\'rg "3"\\n;--', "örg/4 ☃%s")
# A customer may have the id of an organization, its own or another's.
CUSTOMERS = (None, "customer-1", "org-1", "c'ust {2} $1 ü")
WORKSPACES = ("ws-1", "ws-2", "ws'3", "ws-4", "ws-5", "ws-6", "ws-é7")
PIPES = ("p1", "p2", "p'3", "p4", "p5", "p6", "p-☃7")
DATASOURCES = ("d1", "d2", "d'3")
IDS = ("r1", "r2", "r'3", 'r"4\\', "r,5\n6", "ré", "R1", "r1 ")
EVENT_TYPES = ("append", "append-kafka", "copy", "replace", "delete", "it's new")
NAMES = (
    "top_pages",
    "page_views",
    "",
    " ",
    "null",
    "NULL",
    "None",
    "NaN",
    "other",
    "Workspace 1",
    "it's",
    'say "hi"\\',
    "a,b\n\tc",
    "%s {x} $year ?",
    "caf\u00e9",
    "cafe\u0301",
    "日本語",
    "\U0001f680",
    "\uffee",  # before the rocket as UTF-8 bytes, after it as UTF-16
    "Z",
    "a",
)
FILE_NAMES = ("export", "with space", "it's", "50%", "a[1]", "x=y,z", "é#1", "%20", "q?")

EDGES = (
    "2025-01-01T00:00:00",
    "2024-02-29T00:00:00",
    "2024-02-29T12:00:00",
    "2024-03-01T00:00:00",
    "2024-12-29T00:00:00",
    "2024-12-30T00:00:00",
    "2024-12-31T00:00:00",
    "2025-01-02T00:00:00",
    "2025-01-06T00:00:00",
    "2025-02-28T00:00:00",
    "2025-03-01T00:00:00",
    "2025-03-01T10:00:00",
    "2025-03-30T02:00:00",  # the hour that most of Europe's clocks skip
    "2025-10-26T02:00:00",  # and the one they repeat
    "2025-12-28T00:00:00",
    "2025-12-29T00:00:00",
    "2025-12-30T00:00:00",
    "2025-12-31T00:00:00",
    "2026-01-01T00:00:00",
    "2026-01-02T00:00:00",
)
MILLISECOND, HOUR, DAY = timedelta(milliseconds=1), timedelta(hours=1), timedelta(days=1)
STEPS = (
    timedelta(0),
    -MILLISECOND,
    MILLISECOND,
    HOUR - MILLISECOND,
    HOUR,
    DAY - MILLISECOND,
    timedelta(minutes=61),
)
STRIDES = (DAY, timedelta(0), HOUR, 7 * DAY)
LATENESS = (timedelta(minutes=5), timedelta(0), -DAY, timedelta(minutes=10), 40 * DAY)
CORRECTIONS = (timedelta(0), timedelta(minutes=10), -timedelta(minutes=10), MILLISECOND)
COUNTERS = (0, 1, 2, 3, 1000, 2**31, 2**32 + 1, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1)
SECONDS = (
    0.25,
    0.0,
    5e-7,  # half a microsecond rounds up
    4.9e-7,
    1.5e-6,
    0.000255,
    0.000256,
    0.000257,
    0.000511,
    0.000512,
    0.1,
    1.0000005,
    59.999999,
    3600.0,
    (2**45 - 1) / 1e6,  # the longest duration that counts
    5e-324,
)


class Choices(Protocol):
    """Where a world's choices come from. A failing world shrinks towards the first option, the plainest."""

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""

    def several(self, make: Callable[["Choices"], T], low: int, high: int) -> list[T]:
        """Between `low` and `high` things, each made from its own choices."""


@dataclass(frozen=True)
class Drawn:
    """Choices that Hypothesis makes and shrinks."""

    draw: st.DrawFn

    def pick(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def several(self, make: Callable[[Choices], T], low: int, high: int) -> list[T]:
        @st.composite
        def one(draw: st.DrawFn) -> T:
            return make(Drawn(draw))

        return self.draw(st.lists(one(), min_size=low, max_size=high))


@dataclass(frozen=True)
class Rolled:
    """Choices of a seeded random generator."""

    dice: random.Random

    def pick(self, options: Sequence[T]) -> T:
        return self.dice.choice(options)

    def several(self, make: Callable[[Choices], T], low: int, high: int) -> list[T]:
        return [make(self) for _ in range(self.dice.randint(low, high))]


def worlds(size: int = 12, crowd: bool = False) -> st.SearchStrategy[list[LandingFile]]:
    """Worlds of at most `size` events, each landing up to three times; an empty one among them."""

    @st.composite
    def world(draw: st.DrawFn) -> list[LandingFile]:
        return _world(Drawn(draw), 0, size, crowd)

    return world()


def make_world(seed: int, size: int, crowd: bool = False) -> list[LandingFile]:
    """The seed's world of `size` events; `crowd` adds about the 100 customers that ranks need."""
    return _world(Rolled(random.Random(seed)), size, size, crowd)


@dataclass(frozen=True)
class Cast:
    """The few instants, organizations, ids and file names that one world deals in, so that they collide."""

    clock: list[datetime]
    organizations: list[str]
    ids: list[str]
    file_names: list[str]


def _world(choices: Choices, low: int, high: int, crowd: bool) -> list[LandingFile]:
    cast = Cast(
        clock=choices.several(_instant, 1, 2 + high // 4),
        organizations=choices.several(lambda each: each.pick(ORGANIZATIONS), 1, 4),
        ids=choices.several(lambda each: each.pick(IDS), 1, 2 + high // 4),
        file_names=choices.several(lambda each: each.pick(FILE_NAMES), 1, 3),
    )
    events = choices.several(lambda each: _event(each, cast), low, high)
    bursts = choices.several(lambda each: _burst(each, cast), 0, 2)
    rows = [row for versions in events + bursts for row in versions]
    snapshots = choices.several(organization_snapshot, 0, 3) + choices.several(workspace_snapshot, 0, 3)
    files = _in_files(choices, cast, rows) + [
        LandingFile(family_of(held[0]), "", region, f"snapshot-{number}", held)
        for number, (region, held) in enumerate(snapshots)
    ]
    written = [each for file in files for each in _as_written(choices, file)]
    return written + files_of(*_crowd(choices, cast.clock[0]), name="crowd") if crowd else written


def _instant(choices: Choices) -> datetime:
    return datetime.fromisoformat(choices.pick(EDGES)) + choices.pick(STEPS)


def _rarely(choices: Choices, one_in: int) -> bool:
    """False, or once in a while True."""
    return choices.pick(range(one_in)) == one_in - 1


# ---- Rows


def _event(choices: Choices, cast: Cast) -> list[Row]:
    """One event as it lands: a row, then repeats and corrections of it, any of which may be broken."""
    build = choices.pick((_request, _operation, _reading))
    first = build(choices, choices.pick(cast.organizations), choices.pick(cast.clock), choices.pick(cast.ids))
    versions = [first, *choices.several(lambda each: another_version(each, first), 0, 2)]
    return [
        choices.pick(list(BREAKERS.values()))(choices, row) if _rarely(choices, 10) else row
        for row in versions
    ]


def _request(choices: Choices, org: str, at: datetime, id: str) -> Row:
    return request(
        org,
        at,
        id,
        region=choices.pick(REGIONS),
        workspace_id=choices.pick(WORKSPACES),
        exported_at=at + choices.pick(LATENESS),
        pipe_id=choices.pick(PIPES),
        pipe_name=choices.pick(NAMES),
        status_code=choices.pick((200, 404, 599, None)),
        error=choices.pick((0, 1, 1, None)),
        duration=choices.pick(SECONDS) if not _rarely(choices, 8) else None,
        read_bytes=choices.pick(COUNTERS),
        read_rows=choices.pick(COUNTERS),
        result_rows=choices.pick(COUNTERS) if not _rarely(choices, 8) else None,
        cpu_time=choices.pick((*SECONDS, None)),
        method=choices.pick(("GET", "POST", "", None)),
        user_agent=choices.pick((None, "curl/8", "", "null")),
    )


def _operation(choices: Choices, org: str, at: datetime, id: str) -> Row:
    return operation(
        org,
        at,
        id,
        region=choices.pick(REGIONS),
        workspace_id=choices.pick(WORKSPACES),
        exported_at=at + choices.pick(LATENESS),
        datasource_id=choices.pick(DATASOURCES),
        datasource_name=choices.pick(NAMES),
        event_type=choices.pick(EVENT_TYPES),
        result=choices.pick(("ok", "error")),
        error=choices.pick((None, "", "it's wrong", "null")),
        elapsed_time=choices.pick((*SECONDS, None)),
        written_rows=choices.pick(COUNTERS),
        written_bytes=choices.pick(COUNTERS),
        written_rows_quarantine=choices.pick(COUNTERS),
        written_bytes_quarantine=choices.pick(COUNTERS),
        read_rows=choices.pick((*COUNTERS, None)),
        read_bytes=choices.pick((*COUNTERS, None)),
        cpu_time=choices.pick((*SECONDS, None)),
    )


def _reading(choices: Choices, org: str, at: datetime, id: str) -> Row:
    return reading(
        org,
        at,
        choices.pick(DATASOURCES),
        region=choices.pick(REGIONS),
        workspace_id=choices.pick(WORKSPACES),
        exported_at=at + choices.pick(LATENESS),
        datasource_name=choices.pick(NAMES),
        bytes=choices.pick(COUNTERS),
        rows=choices.pick(COUNTERS),
        bytes_quarantine=choices.pick(COUNTERS),
        rows_quarantine=choices.pick(COUNTERS),
    )


BUILDERS = {"pipe_stats": _request, "ingestion": _operation, "storage": _reading}
KEYS = {
    "pipe_stats": ("organization_id", "request_id", "start_datetime"),
    "ingestion": ("organization_id", "operation_id", "datasource_id", "event_type", "region", "timestamp"),
    "storage": ("organization_id", "datasource_id", "region", "timestamp"),
}


def another_version(choices: Choices, row: Row) -> Row:
    """The row again: as it was, or with one column or all changed, exported then, later or earlier."""
    family = family_of(row)
    fresh = BUILDERS[family](choices, row["organization_id"], row[EVENT_TIME[family]], "")
    fixed = {*KEYS[family], "exported_at"}
    content = [column for column in COLUMNS[family] if column not in fixed]
    changed = choices.pick(([], content, *([column] for column in content)))
    earliest = row[EVENT_TIME[family]] - DAY
    exported_at = max(earliest, row["exported_at"] + choices.pick(CORRECTIONS))
    return row | {column: fresh[column] for column in changed} | {"exported_at": exported_at}


def _burst(choices: Choices, cast: Cast) -> list[Row]:
    """One organization busy in more pipes, workspaces and kinds of operation than a list shows, with ties."""
    org, at, stride = choices.pick(cast.organizations), choices.pick(cast.clock), choices.pick(STRIDES)
    shift = choices.pick(range(len(PIPES)))
    rows = []
    for number in range(choices.pick((6, 7, 9))):
        turn = (number + shift) % len(PIPES)
        place = {"workspace_id": WORKSPACES[turn], "region": choices.pick(REGIONS)}
        bytes = choices.pick(COUNTERS)
        if choices.pick((True, True, False)):
            made = request(
                org, at, f"b{number}", **place, pipe_id=PIPES[turn], pipe_name=NAMES[turn], read_bytes=bytes
            )
        else:
            kind = EVENT_TYPES[turn % len(EVENT_TYPES)]
            made = operation(org, at, f"b{number}", **place, event_type=kind, written_bytes=bytes)
        rows.append(made)
        at += stride
    return rows


def _crowd(choices: Choices, at: datetime) -> list[Row]:
    """Customers of a few requests each, about enough for a cohort; one uses more regions than are shown."""
    size = choices.pick((100, 99, 101, 97))
    requests = [
        request(f"crowd-{number}", at, f"r{request_number}")
        for number in range(size)
        for request_number in range(1 + number % 3)
    ]
    return requests + [
        request("crowd-0", at, f"far-{region}", region=f"region-{region}") for region in range(21)
    ]


# ---- Rows that must be left out


def _columns(row: Row, *words: str) -> list[str]:
    return [column for column, word in COLUMNS[family_of(row)].items() if word in words]


def _null(choices: Choices, row: Row) -> Row:
    family = family_of(row)
    required = [column for column in COLUMNS[family] if column not in NULLABLE.get(family, ())]
    return row | {choices.pick(required): None}


def _before_1990(choices: Choices, row: Row) -> Row:
    long_ago = datetime.fromisoformat(choices.pick(("1989-12-31T23:59:59.999", "1970-01-01", "1601-01-01")))
    return row | {EVENT_TIME[family_of(row)]: long_ago}


def _after_export(choices: Choices, row: Row) -> Row:
    lead = DAY + choices.pick((MILLISECOND, 1000 * DAY))
    return row | {"exported_at": row[EVENT_TIME[family_of(row)]] - lead}


def _negative(choices: Choices, row: Row) -> Row:
    column = choices.pick(_columns(row, "counter", "seconds"))
    return row | {column: choices.pick((-1, -(2**63))) if column in _columns(row, "counter") else -1e-9}


def _nan(choices: Choices, row: Row) -> Row:
    seconds = _columns(row, "seconds")
    return row | {choices.pick(seconds): float("nan")} if seconds else _negative(choices, row)


def _infinite(choices: Choices, row: Row) -> Row:
    seconds = _columns(row, "seconds")
    return row | {choices.pick(seconds): float("inf")} if seconds else _null(choices, row)


def _error_flag(choices: Choices, row: Row) -> Row:
    return row | {"error": choices.pick((2, 255))} if _columns(row, "flag") else _null(choices, row)


def _too_long(choices: Choices, row: Row) -> Row:
    duration = choices.pick((2**45 / 1e6, 1e9, 1e300))
    return row | {"duration": duration} if "duration" in row else _before_1990(choices, row)


# By the reason the oracle gives; a family that cannot have the fault gets another.
BREAKERS: dict[str, Callable[[Choices, Row], Row]] = {
    "null": _null,
    "before_1990": _before_1990,
    "after_export": _after_export,
    "negative": _negative,
    "nan": _nan,
    "infinite": _infinite,
    "error_flag": _error_flag,
    "too_long": _too_long,
}


# ---- Files


def _in_files(choices: Choices, cast: Cast, rows: Sequence[Row]) -> list[LandingFile]:
    """The rows dealt into files by family and region, mostly in the folder of their day."""
    held: dict[tuple[str, str, str, str], list[Row]] = {}
    for number, row in enumerate(rows):
        family = family_of(row)
        happened = row[EVENT_TIME[family]]
        if happened is None or happened.year < 1990:
            happened = row["exported_at"]
        day = (
            choices.pick(EDGES)[:10]
            if _rarely(choices, 10)
            else f"{happened or datetime(2025, 3, 1):%Y-%m-%d}"
        )
        name = f"{choices.pick(cast.file_names)}-{choices.pick((0, 1))}"
        if any(isinstance(value, int) and value < 0 for value in row.values()):
            # A signed column cannot hold the largest counters: a file of its own.
            name = f"signed-{number}"
        held.setdefault((family, day, row["region"] or REGIONS[0], name), []).append(row)
    return [LandingFile(*place, contents) for place, contents in held.items()]


def _as_written(choices: Choices, file: LandingFile) -> list[LandingFile]:
    """The file as the writer leaves it: sound, twice, stored otherwise, or broken whole."""
    match choices.pick(range(40)):
        case 39:
            return [truncated(file)]
        case 38:
            return [not_parquet(file)]
        case 37:
            return [bad_pages(file)]
        case 36:
            return [no_bytes(file)]
        case 35:
            return [without_column(file, choices.pick(list(COLUMNS[file.family])))]
        case 34:
            words = COLUMNS[file.family].items()
            return [wrong_type(file, choices.pick([column for column, word in words if word != "text"]))]
        case 33:
            return [replace(file, rows=[])]
        case 32:
            return [extra_column(file)]
        case 31 | 30 | 29:
            fitting = [column for column in COLUMNS[file.family] if can_widen(file, column)]
            return [widened(file, choices.pick(fitting))] if fitting else [file]
        case 28 | 27 | 26:
            return [file, replace(file, name=f"{file.name} again")]
        case 25 if file.family in FAMILIES:
            # The same object under another day's folder.
            return [file, replace(file, day=choices.pick(EDGES)[:10], name=f"{file.name} misplaced")]
    return [file]


# ---- Dimension snapshots

SNAPSHOTS = ("2025-01-01T00:00:00", "2025-06-01T00:00:00", "2024-01-01T00:00:00")


def organization_snapshot(choices: Choices) -> tuple[str, list[Row]]:
    """Names and customers of some organizations; several snapshots may share an instant.

    Each region has organizations of its own, and a customer has one name in all, for two that name an owner differently keep an
    edition from being published.
    """

    def one(each: Choices) -> Row:
        customer = each.pick(CUSTOMERS)
        # One that has an organization's id is called by that.
        called = {None: each.pick(NAMES), "org-1": None}.get(customer, NAMES[CUSTOMERS.index(customer)])
        return organization(
            each.pick(ORGANIZATIONS[REGIONS.index(region) :: len(REGIONS)]),
            name=each.pick(NAMES),
            customer_id=customer,
            customer_name=each.pick((None, called)),
            exported_at=exported_at,
        )

    exported_at, region = choices.pick(SNAPSHOTS), choices.pick(REGIONS)
    return region, choices.several(one, 1, 4)


def workspace_snapshot(choices: Choices) -> tuple[str, list[Row]]:
    """Names of some workspaces; a workspace may be renamed, or turn up in another organization."""

    def one(each: Choices) -> Row:
        return workspace(
            each.pick(WORKSPACES), each.pick(ORGANIZATIONS), name=each.pick(NAMES), exported_at=exported_at
        )

    exported_at = choices.pick(SNAPSHOTS)
    return choices.pick(REGIONS), choices.several(one, 1, 7)
