"""What replaces parts of a snapshot: the hours that landing says other things of by now, and the days and months they are in.

Small tables in memory beside the attached snapshot. Of each served table and level there are two: `fresh.daily_requests` has rows,
`fresh.changed_daily_requests` says of which organizations and days those are all there is. So the present is
the snapshot without what changed, and what changed instead: a disjoint cover, nothing is ever added to a number that may hold it already.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import DIMENSIONS, ORGANIZATIONS, Family
from wrapped_assets.periods import ALL_LEVELS, DAILY, HOURLY, Level
from wrapped_assets.resources.duckdb import dimensions, raw, sql
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.landing_store import Fetched
from wrapped_assets.resources.snapshot.history import HeldFile
from wrapped_assets.resources.snapshot.tables import LEVELS, REQUESTS, SERVED, Served
from wrapped_assets.resources.warehouse import LedgerFile

HOUR = timedelta(hours=1)

Identify = Callable[[str], str]
"""From a customer's id to its wrapped_id."""


class Overlay:
    """The fresh tables. One thread changes them, in one transaction each time; others read what was committed."""

    def __init__(self, con: duckdb.DuckDBPyConnection, identify: Identify) -> None:
        self.con, self.identify = con, identify
        for name in ("fresh", "raw", "dimensions"):
            con.execute(f"create schema {name}")
        con.execute("create table fresh.organizations as from history.organizations")
        for dimension in DIMENSIONS.values():
            con.execute(sql.dimension_ddl(dimension))
            con.execute(f"insert into dimensions.{dimension.name} from history.dimensions.{dimension.name}")
        for table in SERVED.values():
            for level in LEVELS:
                name = f"{level.name}_{table.name}"
                con.execute(f"create table fresh.{name} as from history.{level.name}.{table.name} limit 0")
                con.execute(
                    f"create table fresh.changed_{name} as select {level.period}, organization from fresh.{name}"
                )
        con.execute(queries.text("duckdb/serving/fresh/day_totals"))
        self._make_views()

    def replace_hours(
        self, family: Family, touched: Mapping[date, int], files: Sequence[HeldFile], fetched: Fetched
    ) -> None:
        """Recompute these hours from all the files that have rows in them, and the days and months they are in."""
        table = SERVED[family.name]
        with transaction(self.con):
            self._settle_raw(family, touched, files, fetched)
            self._number_strangers(f"raw.{family.name}")
            self._replace_hours(table, touched)
            for level in LEVELS[1:]:
                self._replace_periods(table, level, touched)
            if family.name == "pipe_stats":
                self.con.execute(queries.text("duckdb/serving/fresh/day_totals"))
            self.con.execute(f"drop table raw.{family.name}")

    def merge_names(self, name: str, files: Sequence[LedgerFile], fetched: Fetched, rebuild: bool) -> None:
        """Merge snapshots of a dimension; with `rebuild` they are all there are. Owners follow."""
        dimension = DIMENSIONS[name]
        with transaction(self.con):
            if rebuild:
                self.con.execute(f"delete from dimensions.{name}")
            if files:
                dimensions.merge(self.con, dimension, files, fetched)
            if dimension is ORGANIZATIONS:
                self._settle_owners()

    def organizations(self) -> list[tuple[int, str, str]]:
        """(number, organization_id, wrapped_id) of every organization."""
        return self._all("select organization, organization_id, wrapped_id from fresh.organizations order by 1")

    def workspace_names(self) -> dict[str, str | None]:
        """The newest name of every workspace that a snapshot of names knows, by workspace_id."""
        return dict(self._all("select workspace_id, name from dimensions.workspaces"))

    def changed(self, table: Served, level: Level) -> list[tuple[int, date]]:
        """Which (organization, period) the snapshot no longer tells the truth about."""
        return self._all(f"select organization, {level.period} from fresh.changed_{level.name}_{table.name}")

    def states(self, table: Served, level: Level) -> list[tuple[Any, ...]]:
        """The rows that replace them: (organization, first day of the period, ...)."""
        return self._all(f"from fresh.{level.name}_{table.name}")

    def day_totals(self) -> list[tuple[Any, ...]]:
        """(organization, day, requests, errors) of the changed days."""
        return self._all("from fresh.day_totals")

    def _all(self, statement: str) -> list[tuple[Any, ...]]:
        return self.con.execute(statement).fetchall()

    def _settle_raw(
        self, family: Family, touched: Mapping[date, int], files: Sequence[HeldFile], fetched: Fetched
    ) -> None:
        """raw.<family>: one row per key of the touched hours, by the rules that every warehouse keeps."""
        self.con.execute(sql.raw_ddl(family))
        for start, end, held in _runs(touched, files):
            raw.insert_newest(self.con, family, start, end, held, fetched, f"raw.{family.name}")

    def _number_strangers(self, source: str) -> None:
        statement = sql.render("serving/fresh/strangers", source=source)
        strangers = self.con.execute(statement).fetchall()
        if not strangers:
            return
        (first,) = self.con.execute("select coalesce(max(organization), -1) + 1 from fresh.organizations").fetchall()[0]
        rows = [
            (first + number, id, self.identify(customer or id))
            for number, (id, customer) in enumerate(strangers)
        ]
        self.con.executemany("insert into fresh.organizations values ($1, $2, $3)", rows)

    def _settle_owners(self) -> None:
        """Give each organization the identity of its present customer."""
        found = self.con.execute(queries.text("duckdb/serving/fresh/owners")).fetchall()
        moved = [
            (organization, now)
            for organization, _, before, customer in found
            if (now := self.identify(customer)) != before
        ]
        if moved:
            statement = "update fresh.organizations set wrapped_id = $2 where organization = $1"
            self.con.executemany(statement, moved)

    def _replace_hours(self, table: Served, touched: Mapping[date, int]) -> None:
        bounds = _bounds(touched)
        self._touch(HOURLY, (start for start, _ in _hours(touched)))
        hourly = queries.text(f"duckdb/hourly/{table.family.table(table.rollup)}")
        states = table.states("organization_id", HOURLY, f"({hourly})", HOURLY.period)
        numbered = sql.render("serving/numbered", source=states, order="hour")
        numbered = numbered.replace("serving.organizations", "fresh.organizations")
        self.con.execute(f"create or replace temp table recomputed as\n{numbered}", bounds)
        self.con.execute(sql.render("serving/fresh/changed_hours", table=table.name), bounds)
        self._render("changed", table, HOURLY, source="changed", source_period="hour")
        self.con.execute(sql.render("serving/fresh/hours", table=table.name))
        for name in ("recomputed", "changed"):
            self.con.execute(f"drop table {name}")

    def _replace_periods(self, table: Served, level: Level, touched: Mapping[date, int]) -> None:
        below = ALL_LEVELS[level.source]
        self._touch(level, {level.start(day) for day in touched})
        parts = {"source_period": below.period}
        self._render("changed", table, level, source=f"fresh.changed_{below.name}_{table.name}", **parts)
        now = self._text("source", table, level, source=below.name, **parts)
        states = table.states("organization", level, f"({now})", below.period)
        days = [level.span(day) for day in touched]
        bounds = {"from": min(span.start for span in days), "to": max(span.end for span in days)}
        self._render("states", table, level, bounds, states=states)

    def _make_views(self) -> None:
        """What endpoints read: the present, under plain names."""
        for table in SERVED.values():
            for level in LEVELS:
                name = f"{level.name}_{table.name}"
                self._make_view(name, f"{level.name}.{table.name}", name, level)
        self._make_view("day_totals", "day_totals", f"daily_{REQUESTS.name}", DAILY)
        self.con.execute("create view organizations as from fresh.organizations")
        self.con.execute("create view workspaces as select workspace_id, name from dimensions.workspaces")

    def _make_view(self, name: str, table: str, changed: str, level: Level) -> None:
        statement = sql.render(
            "serving/fresh/view", view=name, table=table, changed=changed, period=level.period
        )
        self.con.execute(statement)

    def _touch(self, level: Level, periods: Iterable[date]) -> None:
        statement = f"create or replace temp table touched as select unnest($periods) as {level.period}"
        self.con.execute(statement, {"periods": list(periods)})

    def _render(
        self, name: str, table: Served, level: Level, values: dict[str, Any] | None = None, **parts: str
    ) -> None:
        self.con.execute(self._text(name, table, level, **parts), values or {})

    def _text(self, name: str, table: Served, level: Level, **parts: str) -> str:
        return sql.render(
            f"serving/fresh/{name}",
            table=table.name,
            level=level.name,
            period=level.period,
            period_type=level.period_type,
            **parts,
        )


def _hours(touched: Mapping[date, int]) -> Iterator[tuple[datetime, int]]:
    """The start of each touched hour, and its bit, in order."""
    for day, hours in sorted(touched.items()):
        for hour in range(24):
            if hours >> hour & 1:
                yield datetime.combine(day, time(hour)), 1 << hour


def _runs(
    touched: Mapping[date, int], files: Sequence[HeldFile]
) -> Iterator[tuple[datetime, datetime, list[LedgerFile]]]:
    """Runs of touched hours within a day, each with the files that have rows in it."""
    by_day: dict[date, list[HeldFile]] = {}
    for held in files:
        by_day.setdefault(held.day, []).append(held)
    runs: list[tuple[datetime, datetime, int]] = []
    for start, bit in _hours(touched):
        if runs and runs[-1][1] == start and runs[-1][0].date() == start.date():
            runs[-1] = (runs[-1][0], start + HOUR, runs[-1][2] | bit)
        else:
            runs.append((start, start + HOUR, bit))
    for start, end, hours in runs:
        held_then = [held.file for held in by_day.get(start.date(), []) if held.hours & hours]
        # Files of equal columns side by side, as a warehouse reads them.
        yield start, end, sorted(held_then, key=lambda file: (file.columns, file.key))


def _bounds(touched: Mapping[date, int]) -> dict[str, Any]:
    return {"from": min(touched), "to": max(touched) + timedelta(days=1)}
