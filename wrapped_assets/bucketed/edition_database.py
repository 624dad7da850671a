"""The DuckDB file in which an edition of many subjects is computed: the catalog it pinned, what counts of each month, and every story.

The same file and the same SQL on both engines; only the month's events come from the warehouse. What changed is known by subject:
a month is computed again when its days in raw are others, its rows are compared with those there were, and the subjects
that differ are noted in `changes`. A step then follows those of one bucket after another, each in one transaction, and `done` says how far it
is. Whatever stops a run, the next goes on from there.
"""

import itertools
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import duckdb
import pyarrow as pa

from wrapped_assets import queries
from wrapped_assets.command import wrapped
from wrapped_assets.periods import EVERYTHING, MONTHLY, Span
from wrapped_assets.product import BucketedProduct, EditionCheck, Step, Window
from wrapped_assets.progress import Progress
from wrapped_assets.resources.duckdb.connection import release_cache
from wrapped_assets.resources.duckdb.rows import create_empty
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.errors import WarehouseError
from wrapped_assets.resources.warehouse import EXAMPLES, Beside, Broken
from wrapped_assets.text.public_names import LONGEST, public_name

# Events of which `heard` is made at once: memory is that of so many, and more time is lost with fewer.
CHUNK_EVENTS = 3_000_000

# Subjects whose document a check counts anew.
SAMPLE = 20

# The fewest subjects of whom anything is told to another.
COHORT = 1_000

# Local midnight is at most so far from that of UTC.
_FARTHEST = timedelta(hours=14)

_BOUND = re.compile(r"\$([a-z_]+)")

_TABLES = (
    "create table if not exists listeners (listener integer, bucket usmallint, user_id varchar, public_id varchar, time_zone varchar, opted_out boolean)",
    "create table if not exists counted_months (month date, version varchar, code varchar, events bigint)",
    "create table if not exists moved (listener integer)",
    "create table if not exists changes (sequence bigint, bucket usmallint, listener integer)",
    "create table if not exists done (step varchar, bucket integer, code varchar, sequence bigint, changed bigint)",
)


class EditionMissing(WarehouseError):
    """Nothing of this edition has been computed."""

    def __init__(self, product: str, year: int) -> None:
        super().__init__(
            f"There is no {year} edition of {product}.\n  No asset of it was materialized with these settings.\n"
            f"  Next: `{wrapped(f'build --product {product} --year {year}')}`"
        )


class BucketsBehind(WarehouseError):
    """A table of all buckets was asked for while some bucket had not been computed."""

    def __init__(self, step: str, behind: Mapping[str, Sequence[int]]) -> None:
        listed = "; ".join(f"{name}: buckets {list(found)[:10]}" for name, found in behind.items())
        super().__init__(
            f"{step} was not computed: it reads all buckets, and not all of them are up to date.\n  {listed}\n"
            "  Next: materialize those first."
        )


@dataclass(frozen=True)
class Followed:
    """What the months of an edition followed: how many of them, how many subjects changed, and what came too late."""

    months: int
    subjects: int
    late_events: int = 0


@dataclass(frozen=True)
class EditionDatabase:
    """An open edition. `public_id` makes the public id of a subject; nothing is told of fewer than `floor` subjects."""

    con: duckdb.DuckDBPyConnection
    product: BucketedProduct
    window: Window
    buckets: int
    freeze_at: datetime
    public_id: Callable[[str], str]
    floor: int = COHORT

    # What it is made of.

    def pin(self, beside: Beside, again: bool) -> bool:
        """Pin the catalog as it is now, unless one is pinned; everything computed with another goes. Returns whether it was pinned."""
        shape = self._shape()
        if not again and self._holds("edition") and self._all("select shape from edition") == [(shape,)]:
            return False
        for dimension in self.product.dimensions:
            beside.snapshots(dimension)
        with transaction(self.con):
            for (name,) in self._all(
                "select table_name from duckdb_tables() where database_name = current_database() and not temporary"
            ):
                self.con.execute(f"drop table {name}")
            for statement in _TABLES:
                self.con.execute(statement)
            for name in self.product.catalog:
                self.con.execute(f"create table {name} as\n{self._sql('catalog', name)}")
            for name, columns in self.product.shown.items():
                for column in columns:
                    self._hide_addresses(name, column)
            self.con.execute(
                "create table edition as select $shape as shape, false as is_frozen, '' as people",
                {"shape": shape},
            )
        return True

    def follow(
        self,
        beside: Beside,
        versions: Mapping[date, str],
        people: str,
        now: datetime,
        full: bool,
        progress: Progress,
    ) -> Followed:
        """Bring what counts of each month up to date with raw; with `full` count every month anew.

        `versions` says of each day of raw which rows it holds, `people` which subjects are known. The first time after the freeze is
        the last: what lands later is left out until a full one. Who opts out is followed for ever.
        """
        if full:
            self._forget()
        self._read_people(beside)
        if self._one("select count(*) from edition where is_frozen"):
            self._follow_people("opted_out = people.opted_out", "false")
            self.con.execute("update edition set people = $people", {"people": people})
            return Followed(0, 0, self._late(beside, versions))
        self._make_pieces(beside)
        wanted, stale, code = self._months(versions), self._stale_months(versions), self._code_of_pieces()
        before = self._sequence()
        self._follow_people()
        moved = bool(self._one("select count(*) from moved"))
        work = [(month, False) for month in stale] + [
            (month, True) for month in wanted if moved and month not in stale
        ]
        for done, (month, only_moved) in enumerate(work):
            progress(f"{self.product.name}/months", done, len(work))
            self._count(beside, month, wanted.get(month, ""), code, only_moved)
            release_cache(self.con)
        progress(f"{self.product.name}/months", len(work), len(work))
        with transaction(self.con):
            # Only now: whoever was killed before counts those who moved once more.
            self.con.execute("delete from moved")
            frozen = {"people": people, "is_frozen": now >= self.freeze_at}
            self.con.execute("update edition set people = $people, is_frozen = $is_frozen", frozen)
        subjects = self._one(
            "select count(distinct listener) from changes where sequence > $since", {"since": before}
        )
        return Followed(len(work), subjects)

    def compute(self, step: Step, buckets: Sequence[int], progress: Progress) -> int:
        """Bring one table up to date, of these buckets; returns how many subjects were computed."""
        if not step.by_bucket:
            return self._compute_whole(step)
        subjects, label = 0, f"{self.product.name}/{step.name}"
        chunks = max(1, -(-self._one("select coalesce(sum(events), 0) from counted_months") // CHUNK_EVENTS))
        size = max(1, self.buckets // chunks)
        pieces = [buckets[first : first + size] for first in range(0, len(buckets), size)]
        for done, piece in enumerate(pieces):
            progress(label, done, len(pieces))
            subjects += self._compute_buckets(step, piece)
            if len(pieces) > 1:
                release_cache(self.con)
        progress(label, len(pieces), len(pieces))
        if subjects and step is self.product.steps[-1]:
            self.con.execute(
                "delete from changes where sequence < (select max(sequence) from changes)"
                " and sequence <= (select min(sequence) from done where bucket >= 0)"
            )
            # Whoever opens the file reads its log again.
            self.con.execute("checkpoint")
        return subjects

    # What is stale.

    def is_stale(self, versions: Mapping[date, str], people: str) -> bool:
        """Whether raw holds other rows than were counted and the edition is not frozen, or a step has something to follow."""
        if not self._holds("edition") or self._shape() not in [
            shape for (shape,) in self._all("select shape from edition")
        ]:
            return True
        if len(self._up_to_date(self.product.steps[-1])) < self.buckets:
            return True
        (is_frozen, known) = self._all("select is_frozen, people from edition")[0]
        return known != people or (not is_frozen and bool(self._stale_months(versions)))

    def _stale_months(self, versions: Mapping[date, str]) -> list[date]:
        code = self._code_of_pieces()
        found = self._all("select month, version, code from counted_months")
        known = {month: (version, by) for month, version, by in found}
        wanted = self._months(versions)
        return [
            month for month in sorted({*wanted, *known}) if known.get(month) != (wanted.get(month, ""), code)
        ]

    def _late(self, beside: Beside, versions: Mapping[date, str]) -> int:
        """How many events of the months that changed were not counted."""
        family, late = self.product.family, 0
        for month in self._stale_months(versions):
            beside.events(family.name, self._days(month))
            counted = "select coalesce(sum(events), 0) from counted_months where month = $month"
            late += max(0, self._one("select count(*) from events") - self._one(counted, {"month": month}))
        return late

    def rows(self, name: str) -> int:
        """How many rows a table has; 0 when there is none yet."""
        return self._one(f"select count(*) from {name}") if self._holds(name) else 0

    def document(self, user_id: str) -> str | None:
        """The document of one subject, as JSON; None for whoever has none."""
        found = self._all(
            "select document from documents join listeners using (listener) where user_id = $user_id",
            {"user_id": user_id},
        )
        return str(found[0][0]) if found else None

    def violations(self, beside: Beside, check: EditionCheck) -> Broken:
        """The rows that break a rule: how many, and the first five."""
        text = self._sql("checks", check.name)
        if re.search(r"\bfrom heard\b", text):
            sample = "select user_id from listeners order by sha256(public_id) limit $size"
            users = [user for (user,) in self._all(sample, {"size": SAMPLE})]
            beside.events(self.product.family.name, EVERYTHING, users)
            bounds = {"first_bucket": 0, "last_bucket": self.buckets - 1}
            self.con.execute(f"create or replace temp table heard as\n{self._sql('pieces', 'heard')}", bounds)
        found = self.con.execute(text, self._values("checks", check.name))
        names = [column[0] for column in found.description or ()]
        rows = found.fetchall()
        return Broken(len(rows), [dict(zip(names, row, strict=True)) for row in rows[:EXAMPLES]])

    def totals(self) -> dict[str, tuple[int, int, int]]:
        """Plays, streams and milliseconds of each subject in the window, by internal id."""
        found = self._all(
            "select user_id, plays, streams, total_ms from totals join listeners using (listener)"
        )
        return {user: (int(plays), int(streams), int(ms)) for user, plays, streams, ms in found}

    def preview(self) -> tuple[list[tuple[str, str, str]], list[int]]:
        """The five subjects of the most minutes, to read, and the hours of all by month."""
        most = self._all(
            "select public_id, format('{:,}', cast(total_minutes as bigint)),"
            " coalesce(top_artists[1].name, top_artists[1].id, '')"
            " from totals join listeners using (listener) left join top_artists using (listener)"
            " order by total_ms desc, public_id limit 5"
        )
        by_month = dict(self._all("select month(month), sum(ms) // 3600000 from artist_pieces group by all"))
        return most, [int(by_month.get(month, 0)) for month in range(1, 13)]

    # One month.

    def _forget(self) -> None:
        """Have everything computed anew but what is pinned."""
        pinned = [step.name for step in self.product.steps if step.pinned]
        with transaction(self.con):
            self.con.execute("update edition set is_frozen = false")
            self.con.execute("delete from counted_months")
            self.con.execute("delete from done where not list_contains($pinned, step)", {"pinned": pinned})

    def _make_pieces(self, beside: Beside) -> None:
        """The tables of the pieces, with nothing in them."""
        if all(self._holds(name) for name in self.product.pieces):
            return
        beside.events(self.product.family.name, EVERYTHING, [])
        none = {"first_bucket": 0, "last_bucket": -1}
        self.con.execute(f"create or replace temp table heard as\n{self._sql('pieces', 'heard')}", none)
        for name in self.product.pieces:
            values = {"counted": EVERYTHING.start, **self._values("pieces", name)}
            self.con.execute(f"create or replace temp table fresh as {self._counted(name)}", values)
            create_empty(self.con, f"table {name}", "from fresh")

    def _counted(self, name: str) -> str:
        """The statement of a piece, with the month for which it is counted."""
        return f"select cast($counted as date) as counted, piece.* from (\n{self._sql('pieces', name)}\n) as piece"

    @property
    def _after(self) -> date:
        """The first day, UTC, on which the window is over everywhere."""
        return (datetime.combine(self.window.end, datetime.min.time()) + _FARTHEST).date() + timedelta(days=1)

    def _days(self, month: date) -> Span:
        """The days of a month on which the window may not be over."""
        return Span(month, min(MONTHLY.span(month).end, self._after))

    def _months(self, versions: Mapping[date, str]) -> dict[date, str]:
        """The versions of the months of raw that may hold an event before the window's end."""
        days: dict[date, list[str]] = {}
        for day, version in sorted(versions.items()):
            if day < self._after:
                days.setdefault(MONTHLY.start(day), []).append(f"{day} {version}")
        return {month: sha256("\n".join(found).encode()).hexdigest()[:16] for month, found in days.items()}

    def _count(
        self,
        beside: Beside,
        month: date,
        version: str,
        code: str,
        only_moved: bool,
    ) -> None:
        """Count one month anew, of all subjects or of those whose calendar changed."""
        family = self.product.family
        beside.events(family.name, self._days(month))
        events = self._one("select count(*) from events")
        self._meet()
        self._follow_people()
        for name in self.product.prepare:
            self.con.execute(self._sql("pieces", name))
        chunks = max(1, min(self.buckets, -(-events // CHUNK_EVENTS)))
        edges = [self.buckets * number // chunks for number in range(chunks + 1)]
        for first, after in itertools.pairwise(edges):
            bounds = {"first_bucket": first, "last_bucket": after - 1}
            self.con.execute(
                f"create or replace temp table heard as\n{self._sql('pieces', 'heard')}",
                self._values("pieces", "heard", **bounds),
            )
            if only_moved:
                self.con.execute("delete from heard where listener not in (select listener from moved)")
            self._replace_pieces(month, bounds, only_moved)
        with transaction(self.con):
            self.con.execute("delete from counted_months where month = $month", {"month": month})
            if version:
                row = {"month": month, "version": version, "code": code, "events": events}
                self.con.execute("insert into counted_months values ($month, $version, $code, $events)", row)
        self.con.execute("drop table if exists heard")

    def _replace_pieces(self, month: date, bounds: Mapping[str, int], only_moved: bool) -> None:
        """Put what counts now in the place of what counted, of the subjects of whom it differs."""
        values = {"counted": month, **bounds}
        of = "counted = $counted and listener in (select listener from listeners where bucket >= $first_bucket and bucket <= $last_bucket)"
        if only_moved:
            of += " and listener in (select listener from moved)"
        with transaction(self.con):
            self.con.execute("create or replace temp table differing (listener integer)")
            for name in self.product.pieces:
                bound = {"counted": month, **self._values("pieces", name)}
                self.con.execute(f"create or replace temp table fresh_{name} as {self._counted(name)}", bound)
                old, new = f"select * from {name} where {of}", f"select * from fresh_{name}"
                different = f"(({old}) except all ({new})) union all (({new}) except all ({old}))"
                if not self._all(
                    f"select 1 from {name} where counted = $counted limit 1", {"counted": month}
                ):
                    different = new
                self.con.execute(
                    f"insert into differing select distinct listener from ({different})",
                    None if different == new else values,
                )
            for name in self.product.pieces:
                self.con.execute(
                    f"delete from {name} where counted = $counted and listener in (select listener from differing)",
                    {"counted": month},
                )
                self.con.execute(
                    f"insert into {name} select * from fresh_{name} semi join differing using (listener)"
                )
                self.con.execute(f"drop table fresh_{name}")
            self.con.execute(
                "insert into changes select distinct $sequence, bucket, listener from listeners semi join differing using (listener)",
                {"sequence": self._sequence() + 1},
            )

    def _meet(self) -> None:
        """Give subjects that were never seen a number, a public id and a bucket."""
        unknown = "select distinct user_id from events where user_id not in (select user_id from listeners) order by user_id"
        users = [user for (user,) in self._all(unknown)]
        if users:
            self.con.register(
                "newcomers",
                pa.table({"user_id": users, "public_id": [self.public_id(user) for user in users]}),
            )
            self.con.execute(self._sql("pieces", "new_listeners"), {"buckets": self.buckets})
            self.con.unregister("newcomers")

    def _read_people(self, beside: Beside) -> None:
        """Have what the snapshots say of subjects, and the zones that are known, at hand: once for all months."""
        beside.snapshots(self.product.people)
        names = pa.table({"name": sorted(zoneinfo.available_timezones())})
        self.con.register("python_zones", names)
        self.con.execute(
            "create or replace temp table zones as select name from python_zones semi join pg_timezone_names() using (name)"
        )
        self.con.unregister("python_zones")

    def _follow_people(
        self,
        said: str = "time_zone = people.time_zone, opted_out = people.opted_out",
        moves: str = "has_moved",
    ) -> None:
        """Follow what the newest snapshots say of subjects; those whose calendar changed are in `moved` until their events are counted anew."""
        with transaction(self.con):
            self.con.execute(f"create or replace temp table people as\n{self._sql('pieces', 'people')}")
            self.con.execute(
                f"update listeners set {said} from people where people.listener = listeners.listener"
            )
            self.con.execute(
                "insert into changes select $sequence, bucket, listener from people",
                {"sequence": self._sequence() + 1},
            )
            self.con.execute(f"insert into moved select listener from people where {moves}")

    # One step.

    def _compute_buckets(self, step: Step, buckets: Sequence[int]) -> int:
        """Compute the subjects of some buckets of whom something changed: all of them where the statement, or what it reads of others, did."""
        newest, code = self._sequence(), self._code(step)
        known = {bucket: self._done(step, bucket) for bucket in buckets}
        others = max((self._changed(name) for name in step.reads), default=0)
        whole = [
            bucket for bucket, done in known.items() if done is None or done[0] != code or done[1] < others
        ]
        behind = [
            (bucket, done[1])
            for bucket, done in known.items()
            if done and bucket not in whole and done[1] < newest
        ]
        if not whole and not behind:
            return 0
        with transaction(self.con):
            self.con.execute("create or replace temp table behind (bucket usmallint, since bigint)")
            for bucket, since in behind:
                self.con.execute(
                    "insert into behind values ($bucket, $since)", {"bucket": bucket, "since": since}
                )
            self.con.execute(
                "create or replace temp table wanted as select listener from listeners where list_contains($whole, bucket)"
                " union select listener from changes join behind using (bucket) where sequence > since",
                {"whole": whole},
            )
            text, values = self._sql(step.folder, step.name), self._values(step.folder, step.name)
            if not self._holds(step.name):
                self.con.execute(f"create or replace temp table fresh as {text} limit 0", values)
                create_empty(self.con, f"table {step.name}", "from fresh")
            of = "listener in (select listener from wanted)"
            if step.reads and any(known.values()):
                self.con.execute(f"create or replace temp table fresh as\n{text}", values)
                old = f"select * from {step.name} where {of}"
                different = f"(({old}) except all (from fresh)) union all ((from fresh) except all ({old}))"
                newest += 1
                self.con.execute(
                    f"insert into changes select distinct $sequence, bucket, listener from listeners semi join ({different}) using (listener)",
                    {"sequence": newest},
                )
                text, values = "from fresh", {}
            self.con.execute(f"delete from {step.name} where {of}")
            self.con.execute(f"insert into {step.name}\n{text}", values)
            for bucket in {*whole, *(bucket for bucket, _ in behind)}:
                self._settle(step, bucket, code, newest, newest)
            return self._one("select count(*) from wanted")

    def _compute_whole(self, step: Step) -> int:
        """Compute a table of all buckets again when something changed, and note whether it came out differently."""
        newest, code, known = self._sequence(), self._code(step), self._done(step, -1)
        if known and known[0] == code and (step.pinned or known[1] >= newest):
            return 0
        self._require_buckets(step)
        with transaction(self.con):
            text = self._sql(step.folder, step.name)
            self.con.execute(
                f"create or replace temp table fresh as\n{text}", self._values(step.folder, step.name)
            )
            changed = newest
            if self._holds(step.name):
                same = f"(from fresh except all from {step.name}) union all (from {step.name} except all from fresh)"
                if known and not self._all(f"select 1 from ({same}) limit 1"):
                    changed = known[2]
                self.con.execute(f"drop table {step.name}")
            self.con.execute(f"create table {step.name} as from fresh")
            self._settle(step, -1, code, newest, changed)
        return self.rows(step.name)

    def _require_buckets(self, step: Step) -> None:
        behind = {
            other.name: sorted(set(range(self.buckets)) - self._up_to_date(other))
            for other in self.product.steps
            if other.name in step.reads and other.by_bucket
        }
        if missing := {name: found for name, found in behind.items() if found}:
            raise BucketsBehind(step.name, missing)

    def _up_to_date(self, step: Step) -> set[int]:
        """The buckets of which a table has followed everything."""
        done = (
            "select bucket from done where step = $step and code = $code and not exists ("
            "select 1 from changes where changes.bucket = done.bucket and changes.sequence > done.sequence)"
        )
        found = self._all(done, {"step": step.name, "code": self._code(step)})
        return {bucket for (bucket,) in found}

    def _done(self, step: Step, bucket: int) -> tuple[str, int, int] | None:
        found = self._all(
            "select code, sequence, changed from done where step = $step and bucket = $bucket",
            {"step": step.name, "bucket": bucket},
        )
        return found[0] if found else None

    def _changed(self, name: str) -> int:
        """The change after which a table of all buckets came out differently."""
        return self._one(
            "select coalesce(max(changed), 0) from done where step = $name and bucket = -1", {"name": name}
        )

    def _settle(self, step: Step, bucket: int, code: str, sequence: int, changed: int) -> None:
        row = {"step": step.name, "bucket": bucket, "code": code, "sequence": sequence, "changed": changed}
        self.con.execute(
            "delete from done where step = $step and bucket = $bucket", {"step": step.name, "bucket": bucket}
        )
        self.con.execute("insert into done values ($step, $bucket, $code, $sequence, $changed)", row)

    def _sequence(self) -> int:
        return self._one("select coalesce(max(sequence), 0) from changes")

    # Statements.

    def _sql(self, folder: str, name: str) -> str:
        return queries.text("/".join(filter(None, ("products", self.product.name, folder, name))))

    def _code(self, step: Step) -> str:
        return queries.digest_of(self._sql(step.folder, step.name))

    def _code_of_pieces(self) -> str:
        return queries.digest_of(*(self._sql("pieces", name) for name in ("heard", *self.product.pieces)))

    def _shape(self) -> str:
        """What everything here depends on: another window, number of buckets or way to pin makes another edition."""
        pinned = (self._sql("catalog", name) for name in self.product.catalog)
        return queries.digest_of(repr(self.window), str(self.buckets), str(self.floor), *_TABLES, *pinned)

    def _values(self, folder: str, name: str, **more: Any) -> dict[str, Any]:
        """What a statement binds."""
        window = self.window
        values = {
            "year": window.year,
            "from": datetime.combine(window.start, datetime.min.time()),
            "to": datetime.combine(window.end, datetime.min.time()),
            "last_from": datetime.combine(window.last_start, datetime.min.time()),
            "last_to": datetime.combine(window.last_end, datetime.min.time()),
            "floor": self.floor,
            **more,
        }
        bound = set(_BOUND.findall(self._sql(folder, name)))
        return {key: value for key, value in values.items() if key in bound}

    def _hide_addresses(self, table: str, column: str) -> None:
        """No name that holds an e-mail address is shown, nor more of one than can be read."""
        seen = f"select distinct {column} from {table} where length({column}) > {LONGEST} or regexp_matches({column}, '[^\\w\\s]')"
        names = [name for (name,) in self._all(seen)]
        other = {name: shown for name in names if (shown := public_name(name)) != name}
        if other:
            self.con.register("shown", pa.table({"name": list(other), "other": list(other.values())}))
            self.con.execute(
                f"update {table} set {column} = shown.other from shown where {table}.{column} = shown.name"
            )
            self.con.unregister("shown")

    def _holds(self, table: str) -> bool:
        found = "select count(*) from duckdb_tables() where database_name = current_database() and table_name = $table and not temporary"
        return bool(self._one(found, {"table": table}))

    def _all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        return self.con.execute(statement, values).fetchall()

    def _one(self, statement: str, values: Mapping[str, Any] | None = None) -> int:
        return int(self._all(statement, values)[0][0])
