"""What must hold whenever everything has come to rest: the whole state against plain models that share no code with the pipeline."""

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tests import oracle
from tests.landing_files import LandingFile
from tests.live import wrong_answers
from tests.pipeline import DAYS, NOW, Run, expected_tables, found_tables
from tests.published_editions import read_all
from tests.simulation.graph import YEARS, Task, run_of
from tests.simulation.operators import Daemon, some_year
from tests.simulation.process import store_of
from tests.simulation.published import Publications
from wrapped_assets.assets.publishing import NothingToPublish
from wrapped_assets.products.usage.document import document
from wrapped_assets.resources.clickhouse import ClickHouseWriter
from wrapped_assets.resources.errors import SnapshotNotReady, WarehouseMissing
from wrapped_assets.resources.warehouse import Reader

MOST_ROUNDS = 40
YEARS_OF_STORIES = (2024, 2025, 2026)
# What these warn of is part of a story: spoilt files, and regions that export nothing for days.
WARNINGS = {"quarantine_is_empty", "live_day_is_fresh", "versions_agree"}
SHARE_REBUILT = 0.08
SHARE_CHECKED = 0.3


class Violation(AssertionError):
    """Something does not hold that was promised."""


def come_to_rest(daemon: Daemon) -> None:
    """Nothing fails any more, and the sensors' runs are run until nothing is new and nothing stale."""
    process = daemon.process
    for key, held in process.world.vanished.items():
        process.world.landing.set(key, held)
    process.world.vanished.clear()
    for ended in daemon.past.values():
        ended.clear()
    if process.owes_identities:
        _run(daemon, run_of("refresh_identities", YEARS, full=True))
        process.owes_identities = False
    for _ in range(MOST_ROUNDS):
        requests = [("import", each) for each in daemon.to_import(DAYS, now=NOW)]
        requests = requests or [("follow", each) for each in daemon.to_follow(DAYS)]
        if not requests:
            return
        for work, request in requests:
            told = daemon.run(work, request)
            if "failed" in told:
                raise Violation(f"A run failed while nothing was wrong: {told}")
    raise Violation(
        f"It does not come to rest: {[(work, each.job_name, each.tags) for work, each in requests]}"
    )


def _run(daemon: Daemon, tasks: list[Task]) -> None:
    if failed := daemon.process.do(tasks):
        raise Violation(f"A run failed while nothing was wrong: {failed}")


class Judge:
    """Knows what was frozen, and what the frozen documents were."""

    def __init__(self, daemon: Daemon, publications: Publications) -> None:
        self.daemon, self.publications = daemon, publications
        self.frozen: dict[int, dict[str, bytes]] = {}
        self.seen: dict[int, tuple[int, dict[str, bytes]] | None] = {}

    def judge(self, dice: random.Random) -> None:
        """Raise Violation for the first thing that is not as it must be."""
        process = self.daemon.process
        files = process.world.present()
        with process.writing() as writer:
            run = Run(writer, store_of(process.world))
            self._tables(run, files)
            # As dear as all else together, and the tables were compared with more than this already.
            if dice.random() < SHARE_REBUILT and (wrong := run.differences()):
                raise Violation(f"A layer differs from its rebuild: {wrong[:2]}")
            year = some_year(process, dice)
            broken = run.broken(year) if dice.random() < SHARE_CHECKED else set()
            if broken := {name for name in broken if name[1] not in WARNINGS}:
                raise Violation(f"Checks fail: {broken}")
        self._answers(files, dice)
        self.unchanged()

    def look(self) -> None:
        """After each step: what has just been frozen is remembered as it is; whether it stayed so is asked at each rest."""
        process = self.daemon.process
        if process.is_born and process.frozen.keys() - self.frozen.keys():
            # Whoever was killed before the first table left a folder and no warehouse.
            with suppress(WarehouseMissing), process.reading() as reader:
                self._frozen(reader)

    def _frozen(self, reader: Reader) -> None:
        for year in self.daemon.process.frozen:
            edition = reader.edition(year)
            if edition is None or not edition.frozen:
                if year in self.frozen:
                    raise Violation(f"{year} was frozen and is not any more.")
                continue
            documents = {row["wrapped_id"]: document(row, edition).to_json() for row in reader.facts(year)}
            before = self.frozen.setdefault(year, documents)
            if documents != before:
                wrong = sorted(
                    key for key in documents.keys() | before.keys() if documents.get(key) != before.get(key)
                )
                raise Violation(f"Documents of the frozen {year} changed: {wrong}")

    def _tables(self, run: Run, files: Sequence[LandingFile]) -> None:
        # Of one that froze just now, when nothing waited any more, the truth is known too.
        known = set(self.frozen)
        self._frozen(run.writer)
        expected = expected_tables(files, self.daemon.process.secret)
        found = found_tables(run, files)
        for name, rows in expected.items():
            # ClickHouse has no states of years: summaries are computed from the months.
            if name.startswith("yearly.") and isinstance(run.writer, ClickHouseWriter):
                continue
            if any(name == f"documents of {year}" for year in known):
                continue
            held = found[name]
            if name == "wrapped_days":
                held, rows = ([row for row in each if row[0] not in known] for each in (held, rows))
            if sorted(held, key=repr) != sorted(rows, key=repr):
                found_rows, true_rows = (Counter(map(repr, each)) for each in (held, rows))
                much, little = list(found_rows - true_rows), list(true_rows - found_rows)
                raise Violation(
                    f"{name} is not what the files say.\n  too much: {much[:2]}\n  missing: {little[:2]}"
                )

    def _answers(self, files: Sequence[LandingFile], dice: random.Random) -> None:
        live = self.publications.live
        if live is None or live.history.is_frozen:
            return
        report = live.follow()
        if report.held or report.unread or report.failure:
            raise Violation(f"Serving is held up while nothing is wrong: {report}")
        if wrong := wrong_answers(live, files, dice, 3, self.publications.live_secret):
            raise Violation(f"Serving answers wrongly: {wrong[:1]}")

    def served(self, year: int) -> None:
        """A process begins to serve a year that has come to rest."""
        try:
            self.publications.serve(year, self.daemon.process.home)
        except SnapshotNotReady as error:
            # Of a frozen one nobody could say what it held without the rows that came later.
            if self._truth(year) and year not in self.frozen:
                raise Violation(f"{year} is not served while nothing waits.") from error

    def published(self, year: int) -> None:
        """What is published of a year that has come to rest is what the files say, and what readers see is whole."""
        publications = self.publications
        try:
            number = publications.publish(year)
        except (NothingToPublish, SnapshotNotReady) as error:
            if self._truth(year) and year not in self.frozen:
                raise Violation(f"{year} is not published while nothing waits.") from error
            return
        documents = read_all(publications.publisher().version(year, number))
        if year not in self.frozen and documents != self._truth(year):
            raise Violation(f"Version {number} of {year} does not say what the files say.")
        publications.publisher().promote(year, number)
        self.readers(moved=True)
        if self.seen[year] != (number, documents):
            raise Violation(f"Readers of {year} do not see version {number}.")

    def _truth(self, year: int) -> dict[str, bytes]:
        """The documents that the files say, as they are published."""
        process = self.daemon.process
        truth = oracle.truth(process.world.present(), process.secret, year)
        return {key: _public(told) for key, told in truth.items()}

    def readers(self, moved: bool) -> None:
        """Whoever comes now sees a whole version, and unless something was to be moved the one that others saw before."""
        for year in YEARS_OF_STORIES:
            now = self.publications.current(year)
            if not moved and now != self.seen.get(year):
                raise Violation(f"Readers of {year} see another version, and nobody promoted one.")
            self.seen[year] = now

    def unchanged(self) -> None:
        """What was published is what it was."""
        if wrong := self.publications.changed():
            raise Violation(f"Published versions changed: {wrong}")


def _public(told: dict[str, Any]) -> bytes:
    """A document's bytes as they are published: the index knows whose it is, the document does not say."""
    return oracle.as_json({name: value for name, value in told.items() if name != "wrapped_id"}).encode()
