"""Editions in ClickHouse: the facts of each customer's year, recomputed for whoever something changed.

A year is one partition: the summaries that stay are copied beside those recomputed, and it is swapped. The row of
edition_log that says so is the last thing written.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

from wrapped_assets import products, queries
from wrapped_assets.product import Edition, Facts
from wrapped_assets.resources.clickhouse import computing, marks, sql, status
from wrapped_assets.resources.clickhouse.connection import Limits
from wrapped_assets.resources.clickhouse.partitions import staged, swap_whole
from wrapped_assets.resources.clickhouse.session import Session
from wrapped_assets.resources.duckdb.summaries import flat, tells_all
from wrapped_assets.resources.errors import EditionNotWhole
from wrapped_assets.resources.warehouse import SummaryReport

TABLE = "wrapped_summaries"
# More customers than there are.
ALL = 2**63


@dataclass(frozen=True)
class _Log:
    """What the newest refresh of a year left behind, as edition_log has it."""

    through: datetime | None = None
    generated_at: datetime | None = None
    last_sequence: int = 0
    frozen_at: datetime | None = None
    left_out: tuple[int, ...] = ()
    followed: int = 0
    reached: int = 0


def refresh(
    session: Session, year: int, limits: Limits, full: bool, now: datetime, freeze_at: datetime | None
) -> SummaryReport:
    """Bring an edition up to date; once frozen it stays as it is and only counts what it leaves out."""
    known = _known(session, year)
    newest = session.value(_text("newest_stale"), {"year": year})
    if known.frozen_at and known.generated_at:
        return _acknowledge(session, year, known, newest)
    told = session.rows(
        "select facts from wrapped_summaries where year = {year:Int32} limit 1", {"year": year}
    )
    everyone = (
        full
        or known.generated_at is None
        or marks.is_broken(session, TABLE, _period(year))
        or not all(tells_all(facts, products.DEFAULT) for (facts,) in told)
    )
    recomputed = _recompute(session, year, limits, known, everyone)
    log = replace(known, followed=newest)
    waiting = session.rows(_text("waiting"), {"year": year})
    pending = status.pending(session)
    if not pending.holding_up(year) and not any(is_changed for _, is_changed in waiting):
        log = replace(_reach(session, year, log), reached=newest)
        # Not before its reach can be told: what a frozen edition says of it, it says for ever.
        if freeze_at and now >= freeze_at and log.generated_at and not pending.disputes:
            left_out = tuple(sequence for sequence, _ in waiting)
            log = replace(log, frozen_at=freeze_at.replace(tzinfo=None), left_out=left_out)
    _write(session, year, log)
    return SummaryReport(_count(session, year), recomputed, 0, frozen=False)


def edition(session: Session, year: int) -> Edition | None:
    known = _known(session, year)
    if known.generated_at is None or known.through is None:
        return None
    through, generated_at = known.through.replace(tzinfo=UTC), known.generated_at.replace(tzinfo=UTC)
    return Edition(year, through, generated_at, known.frozen_at is not None)


def editions(session: Session) -> list[int]:
    return [year for (year,) in session.rows(_text("editions"))]


def facts(
    session: Session, year: int, wrapped_ids: Sequence[str] | None = None, most: int | None = None
) -> list[Facts]:
    _require_whole(session, year)
    values = {
        "year": year,
        "everyone": wrapped_ids is None,
        "wrapped_ids": list(wrapped_ids or ()),
        "most": ALL if most is None else most,
    }
    found = session.dicts(_text("read"), values)
    ranks = computing.ranks(session, year, [row["wrapped_id"] for row in found])
    return [flat(row | ranks[row["wrapped_id"]]) for row in found]


def left_out(session: Session, year: int) -> int:
    known = _known(session, year)
    return _left_out(session, year, known) if known.frozen_at and known.generated_at else 0


def _require_whole(session: Session, year: int) -> None:
    if marks.is_broken(session, TABLE, _period(year)):
        raise EditionNotWhole(year)


def _left_out(session: Session, year: int, known: _Log) -> int:
    values = {"year": year, "last_sequence": known.last_sequence, "left_out": list(known.left_out)}
    return int(session.value(_text("left_out"), values))


def requests_by_month(session: Session, year: int) -> list[int]:
    _require_whole(session, year)
    found = dict(session.rows(_text("months"), {"year": year}))
    return [found.get(month, 0) for month in range(1, 13)]


def recipients(session: Session, year: int) -> dict[str, str | None]:
    _require_whole(session, year)
    return dict(session.rows(_text("recipients"), {"year": year}))


def keep_members(session: Session, year: int, known: _Log | None, everyone: bool) -> int:
    """Write down the organizations of the customers to recompute; how many customers they are."""
    followed = known.followed if known else 0
    values = {
        "year": year,
        "followed": followed,
        "everyone": everyone,
        "batch_organizations": computing.BATCH_ORGANIZATIONS,
    }
    session.run(_text("members"), values)
    return int(session.value("select uniqExact(wrapped_id) from staging_members"))


def _recompute(session: Session, year: int, limits: Limits, known: _Log, everyone: bool) -> int:
    with staged(session, TABLE):
        recomputed = keep_members(session, year, known, everyone)
        computing.compute(session, year, limits, sql.staging(TABLE))
        statement = sql.render("summaries/untouched", staging=sql.staging(TABLE))
        session.run(statement, {"year": year})
        with marks.swapping(session, TABLE, "", [_period(year)], marks.next_sequence(session)):
            swap_whole(session, TABLE, str(year))
        session.run("drop table staging_members sync")
    return recomputed


def _period(year: int) -> date:
    """What a year's partition is marked by."""
    return date(year, 1, 1)


def _acknowledge(session: Session, year: int, known: _Log, newest: int) -> SummaryReport:
    """A frozen edition: whatever became stale is settled without being followed, and counted."""
    rows = _left_out(session, year, known)
    if newest > min(known.followed, known.reached):
        _write(session, year, replace(known, followed=newest, reached=newest))
    return SummaryReport(_count(session, year), 0, rows, frozen=True)


def _reach(session: Session, year: int, log: _Log) -> _Log:
    ((through, generated_at, last_sequence),) = session.rows(_text("edition"), {"year": year})
    if generated_at is None:
        return replace(log, through=None, generated_at=None, last_sequence=0)
    return replace(log, through=through, generated_at=generated_at, last_sequence=last_sequence)


def _known(session: Session, year: int) -> _Log:
    for row in session.dicts(_text("known"), {"year": year}):
        return _Log(**(row | {"left_out": tuple(row["left_out"])}))
    return _Log()


def _write(session: Session, year: int, log: _Log) -> None:
    entry = asdict(log) | {"year": year, "left_out": list(log.left_out)}
    session.insert("edition_log", [entry | {"version": marks.next_sequence(session)}])


def _count(session: Session, year: int) -> int:
    return int(
        session.value("select count() from wrapped_summaries where year = {year:Int32}", {"year": year})
    )


def _text(name: str) -> str:
    return queries.text(f"clickhouse/summaries/{name}")
