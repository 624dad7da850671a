"""What replaces parts of a snapshot: the hours that landing says other things of by now, and the days and months they are in.

One small table in memory for each level (`fresh.hourly`, `fresh.daily`, `fresh.monthly`), beside the attached snapshot. A mark in it, a row
whose id is null, says that the snapshot's parts of that organization, period and kind are all replaced by the rows here, if there are
any. So the present is a disjoint cover: nothing is ever added to a number that may hold it already.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import Family
from wrapped_assets.landing.objects import Fetched
from wrapped_assets.periods import ALL_LEVELS, HOURLY, MONTHLY, Level, consecutive
from wrapped_assets.product import PartKind
from wrapped_assets.products import DIMENSIONS, FAMILIES
from wrapped_assets.resources.duckdb import dimensions, raw, sql
from wrapped_assets.resources.duckdb.rows import create_empty
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.warehouse import LedgerFile
from wrapped_assets.snapshot import tables
from wrapped_assets.snapshot.history import HeldFile
from wrapped_assets.snapshot.tables import DAYS, KINDS, LEVELS

HOUR = timedelta(hours=1)

Identify = Callable[[str], str]
"""From a customer's id to its wrapped_id."""


@dataclass(frozen=True)
class Piece:
    """Hours by day (bit h: h to h + 1 o'clock, UTC), and all the files that have rows in them."""

    hours: Mapping[date, int]
    files: Sequence[HeldFile]
    fetched: Fetched


class Overlay:
    """The fresh tables. One thread changes them, in one transaction each time; others read what was committed."""

    def __init__(self, con: duckdb.DuckDBPyConnection, identify: Identify) -> None:
        self.con, self.identify = con, identify
        for name in ("fresh", "raw", "dimensions"):
            con.execute(f"create schema {name}")
        con.execute("create table main.organizations as from history.organizations")
        for statement in sql.dimension_ddls():
            con.execute(statement)
        for name in DIMENSIONS:
            con.execute(f"insert into dimensions.{name} from history.dimensions.{name}")
        self._name_workspaces()
        for level in LEVELS:
            create_empty(con, f"table fresh.{level.name}", f"from history.{level.name}.parts")
            for view in tables.views(level):
                con.execute(view)

    def replace_hours(self, family: Family, pieces: Iterable[Piece]) -> dict[date, int]:
        """Recompute hours piece by piece, then the days and months they are in; all of it or nothing. Returns the hours, by day."""
        kind, touched = KINDS[family.name], dict[date, int]()
        with transaction(self.con):
            self._begin(HOURLY)
            for piece in pieces:
                self._fill_raw(family, piece)
                self._number_strangers(family)
                self._recompute_hours(kind, piece.hours)
                self.con.execute(f"drop table raw.{family.name}")
                for day, hours in piece.hours.items():
                    touched[day] = touched.get(day, 0) | hours
            if touched:
                self._touch(HOURLY, (start for start, _ in _hours(touched)))
                self._replace(HOURLY, kind.name)
            for level in LEVELS[1:] if touched else ():
                self._replace_periods(kind, level, touched)
        return touched

    def merge_names(self, name: str, files: Sequence[LedgerFile], fetched: Fetched, rebuild: bool) -> None:
        """Merge snapshots of a dimension; with `rebuild` they are all there are. Owners follow."""
        dimension = DIMENSIONS[name]
        with transaction(self.con):
            if rebuild:
                self.con.execute(f"delete from dimensions.{name}")
            if files:
                dimensions.merge(self.con, dimension, files, fetched)
            if dimension.names_owners:
                self._update_owners()
            else:
                self._name_workspaces()

    def organizations(self) -> list[tuple[int, str, str, str]]:
        """(number, organization_id, region, wrapped_id) of every organization in each of its regions."""
        return self.con.execute(
            "select organization, organization_id, region, wrapped_id from main.organizations order by organization"
        ).fetchall()

    def workspace_names(self) -> dict[tuple[int, str], str | None]:
        """What every workspace that a snapshot of names knows is called, by the organization's number and workspace_id."""
        found = self.con.execute("select organization, workspace_id, name from main.workspaces").fetchall()
        return {(organization, workspace): name for organization, workspace, name in found}

    def _fill_raw(self, family: Family, piece: Piece) -> None:
        """raw.<family>: one row per key of the touched hours, by the rules that every warehouse keeps."""
        self.con.execute(sql.raw_ddl(family))
        for start, end, held in _runs(piece.hours, piece.files):
            raw.insert_newest(self.con, family, start, end, held, piece.fetched, f"raw.{family.name}")

    def _number_strangers(self, family: Family) -> None:
        strangers = self.con.execute(sql.render("serving/fresh/strangers", family=family.name)).fetchall()
        if not strangers:
            return
        owners = self._owners(sorted({id for id, _, known, _ in strangers if known is None}))
        highest = "select coalesce(max(organization), -1) from main.organizations"
        ((last,),) = self.con.execute(highest).fetchall()
        rows = [
            (
                last + number,
                id,
                region,
                self._nobody(id, region) if is_disputed else known or self.identify(owners.get(id, id)),
            )
            for number, (id, region, known, is_disputed) in enumerate(strangers, start=1)
        ]
        self.con.executemany("insert into main.organizations values ($1, $2, $3, $4)", rows)
        self._name_workspaces()

    def _owners(self, organization_ids: list[str]) -> dict[str, str]:
        """The customers of those organizations that snapshots of names know and do not dispute."""
        statement = (
            "select organization_id, customer_id from dimensions.owners"
            " where not is_disputed and organization_id in (select unnest($ids))"
        )
        return dict(self.con.execute(statement, {"ids": organization_ids}).fetchall())

    def _nobody(self, organization_id: str, region: str) -> str:
        """An identity that no customer has: nobody is answered these numbers until the regions agree on an owner."""
        return self.identify(f"{region}\0{organization_id}")

    def _name_workspaces(self) -> None:
        self.con.execute(queries.text("duckdb/serving/fresh/workspaces"))

    def _update_owners(self) -> None:
        """Give each organization the identity of its present customer; a disputed one that was not published, one of its own."""
        found = self.con.execute(queries.text("duckdb/serving/fresh/owners")).fetchall()
        moved = [
            (organization, now)
            for organization, id, region, before, customer in found
            if (now := self._nobody(id, region) if customer is None else self.identify(customer)) != before
        ]
        if moved:
            statement = "update main.organizations set wrapped_id = $2 where organization = $1"
            self.con.executemany(statement, moved)

    def _recompute_hours(self, kind: PartKind, touched: Mapping[date, int]) -> None:
        bounds = {"from": min(touched), "to": max(touched) + timedelta(days=1)}
        self._touch(HOURLY, (start for start, _ in _hours(touched)))
        hourly = queries.text(FAMILIES[kind.family].sql("duckdb", tables.rollup_of(kind)))
        numbered = sql.render(
            "serving/numbered",
            source=tables.from_rollup(kind, HOURLY, f"({hourly})"),
            organizations="main.organizations",
        )
        self.con.execute(f"create or replace temp table recomputed as\n{numbered}", bounds)
        self.con.execute(queries.text("duckdb/serving/fresh/changed"), {**bounds, "kind": kind.name})
        self.con.execute("insert into replacing from recomputed semi join changed using (organization, hour)")
        self.con.execute("drop table recomputed")

    def _replace_periods(self, kind: PartKind, level: Level, touched: Mapping[date, int]) -> None:
        """The touched days or months, from the hours or days as they are now."""
        below, spans = ALL_LEVELS[FAMILIES[kind.family].source(level)], consecutive(touched, level)
        names = {"period": level.period, "period_type": level.period_type}
        lower = {"below": below.name, "below_period": below.period}
        present = f"({sql.render('serving/fresh/present', **names, **lower)})"
        merged = {kind.name: tables.merged(kind, level, present, below.period)}
        if kind.by_day and level is MONTHLY:
            merged[DAYS] = tables.days_of_months(present)
        self._begin(level)
        self._touch(level, {level.start(day) for day in touched})
        self.con.execute(sql.render("serving/fresh/wanted", **names, **lower), {"kind": kind.name})
        for name, statement in merged.items():
            self.con.execute("delete from replacing")
            for span in spans:
                bounds = {"below_kind": kind.name, "from": span.start, "to": span.end}
                self.con.execute(f"insert into replacing {statement}", bounds)
            self._replace(level, name)

    def _begin(self, level: Level) -> None:
        """No replacing parts and no changed periods yet."""
        create_empty(self.con, "temp table replacing", f"from fresh.{level.name}")
        create_empty(self.con, "temp table changed", f"select organization, {level.period} from replacing")

    def _replace(self, level: Level, kind: str) -> None:
        statement = sql.render("serving/fresh/replaced", level=level.name, period=level.period)
        self.con.execute(statement, {"kind": kind})

    def _touch(self, level: Level, periods: Iterable[date]) -> None:
        statement = f"create or replace temp table touched as select unnest($periods) as {level.period}"
        self.con.execute(statement, {"periods": list(periods)})


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
        yield start, end, sorted(held_then, key=lambda file: file.key)
