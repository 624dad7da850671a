"""Raw in DuckDB: one row per key, the highest version wins, kept in event-time order.

A day is either rebuilt from all its landing files (its first time, a backfill, a changed object)
or merges the files that landed since. Both end in the same rows. Days are taken in chunks of a
bounded number of landing rows, one transaction each, so memory does not grow with the range.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from wrapped_assets import queries
from wrapped_assets.families import Family
from wrapped_assets.landing.objects import Fetched
from wrapped_assets.periods import Level, Span, consecutive
from wrapped_assets.progress import Progress
from wrapped_assets.resources.chunks import bounded
from wrapped_assets.resources.duckdb import rollups, second_reader, sql, status
from wrapped_assets.resources.duckdb.connection import release_cache
from wrapped_assets.resources.duckdb.parquet import FILE_INDEX, Types, by_types
from wrapped_assets.resources.duckdb.rows import broken, create_empty, dicts
from wrapped_assets.resources.duckdb.transaction import transaction
from wrapped_assets.resources.errors import DuplicateKeys, LandingFilesGone
from wrapped_assets.resources.warehouse import Broken, Fetch, LedgerFile, RefreshReport

# A day without rows is built whole when it and its like bring more than this; fewer are merged like late rows,
# which touches only the customers they name. Each midnight starts such a day.
BULK_ROWS = 100_000

# Landing rows taken at once. Measured: 1.5 million leave row groups half full, a file a third larger and an insert a
# tenth slower; 2.5 million dedupe inside 0.8 GB.
CHUNK_ROWS = 2_500_000


@dataclass(frozen=True)
class _Plan:
    """Days to rebuild from all their files, new days to build whole, and days to merge what landed into."""

    rebuild: list[date]
    fill: list[date]
    merge: list[date]


@dataclass(frozen=True)
class _Landed:
    """The valid landing rows of one chunk, as a subquery with its bound values.

    `groups` are the sets of files of equal types: those types, and whether some rows are impossible.
    """

    query: str
    values: dict[str, Any]
    groups: list[tuple[Types, bool]]


def refresh(
    con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch, full: bool, progress: Progress
) -> RefreshReport:
    """Bring `raw.<family>` up to date for these days; with `full` rebuild every one of them."""
    plan = _plan(con, family, span, full)
    work = ((_rebuild_what_can_be, plan.rebuild), (_fill, plan.fill), (_merge, plan.merge))
    chunks = [(act, chunk) for act, days in work for chunk in _chunks(con, family, days)]
    problems: dict[str, str] = {}
    for done, (act, chunk) in enumerate(chunks):
        progress(f"raw/{family.name}", done, len(chunks))
        problems |= act(con, family, chunk, fetch)
        if len(chunks) > 1:
            release_cache(con)
    progress(f"raw/{family.name}", len(chunks), len(chunks))
    if problems:
        # Only now: the days and files that could be read are already committed.
        raise LandingFilesGone(f"raw.{family.name}", span, problems)
    return RefreshReport(row_counts(con, family, span), len(plan.rebuild) + len(plan.fill), len(plan.merge))


def shown(family: Family) -> str:
    """The statements that choose each key's winner, to read."""
    types = tuple((column.name, sql.TYPES[column.kind].upper()) for column in family.columns)
    return f"{sql.positions(family, types, has_impossible_rows=True)}\n\n{sql.newest(family, types)}"


def row_counts(con: duckdb.DuckDBPyConnection, family: Family, span: Span) -> dict[date, int]:
    """Rows of each day that has any."""
    return status.row_counts(con, f"raw.{family.name}", family.event_time, span)


def landed_counts(con: duckdb.DuckDBPyConnection, family: Family, span: Span) -> dict[date, int]:
    """Valid landing rows of each day that has any, duplicates included."""
    bounds = {"family": family.name, "from": span.start, "to": span.end}
    return dict(con.execute(queries.text("duckdb/raw/landed_days"), bounds).fetchall())


def _plan(con: duckdb.DuckDBPyConnection, family: Family, span: Span, full: bool) -> _Plan:
    """What each day with something to do needs."""
    bounds = {"family": family.name, "from": span.start, "to": span.end}
    pending = con.execute(queries.text("duckdb/raw/pending_days"), bounds).fetchall()
    filled = row_counts(con, family, span).keys()
    if full:
        every = {day for day, _ in pending} | landed_counts(con, family, span).keys() | filled
        return _Plan(sorted(every), [], [])
    changed = {day for day, must_rebuild in pending if must_rebuild}
    empty = {day for day, _ in pending} - changed - filled
    landed = landed_counts(con, family, span) if empty else {}
    if sum(landed.get(day, 0) for day in empty) <= BULK_ROWS:
        empty = set()
    merge = [day for day, _ in pending if day not in changed and day not in empty]
    return _Plan(sorted(changed), sorted(empty), merge)


def _chunks(con: duckdb.DuckDBPyConnection, family: Family, days: Sequence[date]) -> Iterator[Span]:
    """Runs of consecutive days that hold at most CHUNK_ROWS landing rows, or one day if it alone holds more."""
    for run in consecutive(days):
        for piece in bounded(list(run), landed_counts(con, family, run), CHUNK_ROWS):
            yield Span(piece[0], Span.day(piece[-1]).end)


def _rebuild_what_can_be(
    con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch
) -> dict[str, str]:
    """Rebuild the chunk; when a file it needs is gone, its other days all the same. Returns what is gone."""
    problems = _rebuild(con, family, span, fetch)
    if not problems or span == Span.day(span.start):
        return problems
    return {
        key: problem for day in span for key, problem in _rebuild(con, family, Span.day(day), fetch).items()
    }


def _fill(con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch) -> dict[str, str]:
    """Build new days whole; when a file is gone they take what is there, as a merge does. Returns what is gone."""
    if not _rebuild(con, family, span, fetch):
        return {}
    return _merge(con, family, span, fetch)


def _rebuild(con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch) -> dict[str, str]:
    """Replace these days by what all their landing files say now, or leave them as they are and say which are gone."""
    bounds = {"family": family.name, "from": span.start, "to": span.end}
    files = _files(con, family, span)
    with fetch(files) as fetched:
        if fetched.problems:
            return {key: str(problem) for key, problem in fetched.problems.items()}
        with transaction(con):
            con.execute(_statement("raw/clear_days", family), {"from": span.start, "to": span.end})
            insert_newest(con, family, span.start, span.end, files, fetched, f"raw.{family.name}")
            _refuse_duplicates(con, family, f"raw.{family.name}", span)
            for level in family.followers("raw"):
                rollups.make_whole_stale(con, level, family, span)
            con.execute(queries.text("duckdb/raw/make_editions_stale"), {**bounds, "keep": []})
            con.execute(queries.text("duckdb/raw/settle_days"), {**bounds, "keep": []})
    return {}


def _merge(con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch) -> dict[str, str]:
    """Merge the files that landed since these days were last refreshed; those that are gone stay pending."""
    bounds = {"family": family.name, "from": span.start, "to": span.end}
    files = _files(con, family, span, "stale.raw", "period")
    with fetch(files) as fetched:
        here = [file for file in files if file.key in fetched.paths]
        gone = [file.file_id for file in files if file.key in fetched.problems]
        with transaction(con):
            create_empty(con, "temp table staged", f"from raw.{family.name}")
            insert_newest(con, family, span.start, span.end, here, fetched, "staged")
            _refuse_duplicates(con, family, "staged", span)
            for level in family.followers("raw"):
                con.execute(_make_changed_stale(level, family), {"family": family.name})
            con.execute(_merge_statement("raw/merge", family))
            con.execute(queries.text("duckdb/raw/make_editions_stale"), {**bounds, "keep": gone})
            con.execute(queries.text("duckdb/raw/settle_days"), {**bounds, "keep": gone})
            con.execute("drop table staged")
        return {key: str(problem) for key, problem in fetched.problems.items()}


def _files(
    con: duckdb.DuckDBPyConnection,
    family: Family,
    span: Span,
    listing: str = "landing.file_days",
    day: str = "day",
) -> list[LedgerFile]:
    """The landed files that a table of the ledger lists for these days."""
    values = {"family": family.name, "from": span.start, "to": span.end}
    found = con.execute(sql.render("raw/files", listing=listing, day=day), values)
    return [LedgerFile(*row) for row in found.fetchall()]


def _landed(
    con: duckdb.DuckDBPyConnection,
    family: Family,
    start: date,
    end: date,
    files: Sequence[LedgerFile],
    fetched: Fetched,
    by_arrow: bool = False,
) -> _Landed:
    """The valid rows of these files from `start` up to `end`, one branch for each set of files of equal types.

    With `by_arrow` it is not DuckDB that reads the files, and the query can be asked once.
    """
    if not files:
        nothing = f"select * from raw.{family.name} where {family.event_time} >= $from and {family.event_time} < $to"
        return _Landed(f"{nothing} and false", {"from": start, "to": end}, [])
    has_impossible_rows = {fetched.paths[file.key]: file.has_impossible_rows for file in files}
    # Asked of the files each time: what is kept could be of another version of DuckDB.
    types = by_types(con, family.columns, list(has_impossible_rows))
    groups = [(each, any(map(has_impossible_rows.__getitem__, paths))) for each, paths in types.items()]
    if by_arrow:
        views = [f"read_by_arrow_{number}" for number in range(len(types))]
        read = [
            second_reader.register(con, view, family.columns, paths)
            for view, paths in zip(views, types.values(), strict=True)
        ]
        groups = [(each, bad) for each, (_, bad) in zip(read, groups, strict=True)]
        return _Landed(sql.landed(family, groups, views), {"from": start, "to": end}, groups)
    values: dict[str, Any] = {"from": start, "to": end}
    for number, paths in enumerate(types.values()):
        values[f"paths_{number}"] = [str(path) for path in paths]
    return _Landed(sql.landed(family, groups), values, groups)


def insert_newest(
    con: duckdb.DuckDBPyConnection,
    family: Family,
    start: date,
    end: date,
    files: Sequence[LedgerFile],
    fetched: Fetched,
    target: str,
) -> None:
    """Put the winner of each key into `target`; the slower total order only where some version is contested.

    Only events from `start` up to `end` count: days, or instants (datetime) inside them.
    """
    if not files:
        return
    landed = _landed(con, family, start, end, files, fetched)
    if _newest_is_enough(con, family, landed):
        paths = {"paths_0": landed.values["paths_0"]}
        con.execute(f"insert into {target}\n{sql.newest(family, landed.groups[0][0])}", paths)
    else:
        settled = _statement("raw/settled", family, landed=landed.query)
        con.execute(f"insert into {target}\n{settled}", landed.values)
    con.execute("drop table if exists positions")


def _newest_is_enough(con: duckdb.DuckDBPyConnection, family: Family, landed: _Landed) -> bool:
    """Look up the positions of the newest rows; whether they are the right winners, no version being contested."""
    if len(landed.groups) > 1:
        return False
    types, has_impossible_rows = landed.groups[0]
    if any(name.lower() == FILE_INDEX for name, _ in types):
        return False
    con.execute(sql.positions(family, types, has_impossible_rows), landed.values)
    if not _holds(con, "select count(*) > 0 from positions where is_repeated", {}):
        return True
    return not _holds(con, _statement("raw/contested", family, landed=landed.query), landed.values)


def _holds(con: duckdb.DuckDBPyConnection, question: str, values: dict[str, Any]) -> bool:
    return bool(con.execute(question, values).fetchall()[0][0])


def _refuse_duplicates(con: duckdb.DuckDBPyConnection, family: Family, table: str, span: Span) -> None:
    """The check that runs before anyone can see the rows: it raises inside the transaction."""
    if (found := duplicates(con, family, table, span)).count:
        raise DuplicateKeys(f"raw.{family.name}", found.examples)


def _statement(name: str, family: Family, **parts: str) -> str:
    return sql.render(
        name,
        family=family.name,
        columns=sql.names(family.raw_columns),
        key=sql.names(family.key),
        event_time=family.event_time,
        tie_break=sql.tie_break(family),
        greatest_first=sql.greatest_first(family),
        **parts,
    )


def _make_changed_stale(level: Level, family: Family) -> str:
    grain = sql.touched_in_raw(level, family)
    hour = f"date_trunc('hour', staged.{family.event_time})"
    return _merge_statement(
        "raw/make_changed_stale",
        family,
        level=level.name,
        unit=level.unit,
        grain=sql.names(grain),
        touched=", ".join(hour if name == "hour" else f"staged.{name}" for name in grain),
    )


def _merge_statement(name: str, family: Family, **parts: str) -> str:
    columns = family.raw_columns
    contents = [column.raw_name for column in family.contents]
    return _statement(
        name,
        family,
        staged_contents=sql.names(contents, "staged."),
        known_contents=sql.names(contents, "known."),
        same_key=" and ".join(f"known.{name} = staged.{name}" for name in family.key),
        staged_tie_break=sql.tie_break(family, "staged."),
        known_tie_break=sql.tie_break(family, "known."),
        assignments=", ".join(f"{name} = staged.{name}" for name in columns if name not in family.key),
        staged_columns=sql.names(columns, "staged."),
        **parts,
    )


def duplicates(con: duckdb.DuckDBPyConnection, family: Family, table: str, span: Span) -> Broken:
    """The keys that stand more than once."""
    statement = _statement("checks/duplicates", family, table=table)
    return broken(con, statement, {"from": span.start, "to": span.end})


def landing_violations(
    con: duckdb.DuckDBPyConnection, name: str, family: Family, span: Span, fetch: Fetch
) -> Broken:
    """What a check of this name finds among the landing rows of these days."""
    found = Broken()
    for landed in _landed_chunks(con, family, span, fetch):
        statement = _statement(f"checks/{name}", family, landed=landed.query)
        found += broken(con, statement, landed.values)
    return found


def differences(
    con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch
) -> Iterator[dict[str, Any]]:
    """Rows by which raw differs from its rebuild from the landing files, as Arrow reads them."""
    time = family.event_time
    for landed in _landed_chunks(con, family, span, fetch, by_arrow=True):
        winners = _statement("raw/settled", family, landed=landed.query)
        statement = sql.render(
            "checks/rebuilt",
            table=f"raw.{family.name}",
            columns=sql.names(family.raw_columns),
            within=f"where {time} >= $from and {time} < $to",
            rebuild=winners,
        )
        yield from dicts(con.execute(statement, landed.values))


def _landed_chunks(
    con: duckdb.DuckDBPyConnection, family: Family, span: Span, fetch: Fetch, by_arrow: bool = False
) -> Iterator[_Landed]:
    """The landing rows of the span, chunk by chunk; a file that is gone is an error, not a pass."""
    for chunk in _chunks(con, family, list(span)):
        files = _files(con, family, chunk)
        with fetch(files) as fetched:
            if fetched.problems:
                raise LandingFilesGone(f"raw.{family.name}", chunk, fetched.problems)
            yield _landed(con, family, chunk.start, chunk.end, files, fetched, by_arrow)
