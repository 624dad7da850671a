"""Playing a story: every step in turn, with its faults, and the judge whenever everything has come to rest."""

import random
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from tests.pipeline import SECRET
from tests.simulation import operators, published, writers
from tests.simulation.faults import Faults
from tests.simulation.judge import Judge, come_to_rest
from tests.simulation.operators import Daemon
from tests.simulation.process import EXPECTED, OF_A_STORE, Process, empty_clickhouse
from tests.simulation.published import Publications
from tests.simulation.stand_ins import simulated
from tests.simulation.story import Step
from tests.simulation.world import World

MEMORY = Path("/dev/shm")  # noqa: S108

Actor = TypeVar("Actor")

# What each kind of step does, and whom it happens to. Outside of the pipeline and in its settings nothing fails.
OUTSIDE = {
    "events happen": writers.events_happen,
    "rows are corrected": writers.rows_are_corrected,
    "names are exported": writers.names_are_exported,
    "a writer drops a file": writers.a_writer_drops_a_file,
    "a file is repeated": writers.a_file_is_repeated,
    "a file is renamed": writers.a_file_is_renamed,
    "a file is truncated": writers.a_file_is_truncated,
    "a file is rewritten": writers.a_file_is_rewritten,
    "time passes": writers.time_passes,
}
SETTINGS = {
    "the secret is changed": operators.the_secret_is_changed,
    "an edition is frozen": operators.an_edition_is_frozen,
}
BY_HAND = {
    "a region exports": writers.a_region_exports,
    "days are backfilled": operators.days_are_backfilled,
    "a layer is refreshed": operators.a_layer_is_refreshed,
    "everything is rebuilt": operators.everything_is_rebuilt,
    "two runs race": operators.two_runs_race,
}
TICKS = {
    "the import sensor ticks": operators.the_import_sensor_ticks,
    "the follow-up sensor ticks": operators.the_follow_up_sensor_ticks,
}
PUBLISHED = {
    "an edition is published": published.an_edition_is_published,
    "a version is promoted": published.a_version_is_promoted,
    "a promotion is rolled back": published.a_promotion_is_rolled_back,
    "serving starts": published.serving_starts,
    "serving follows": published.serving_follows,
}


MOVES_READERS = {"a version is promoted", "a promotion is rolled back"}


@dataclass
class Told:
    """What came of a story: a line for each step, and what did not hold, if something did not."""

    lines: list[str] = field(default_factory=list)
    violation: str = ""
    deaths: int = 0
    cpu_seconds: float = field(default=0.0, compare=False)


def play(
    seed: int, engine: str, steps: Sequence[Step], tell: Callable[[str], None] = lambda line: None
) -> Told:
    """Play these steps in the seed's world, let everything come to rest at the end, and tell each step when it is done."""
    told, began = Told(), time.process_time()
    # In memory where there is such a place: a commit waits for the disk three times as long as it works.
    home = Path(tempfile.mkdtemp(prefix="simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    world = World.of(seed)
    process = Process(home, engine, world, SECRET)
    if engine == "chdb" and random.Random(f"birth {seed}").random() < 0.8:
        # Its tables take as long to make as many steps: mostly they are there already.
        shutil.copytree(empty_clickhouse() / "warehouse", home / "warehouse", symlinks=True)
    daemon = Daemon(process)
    publications = Publications(process)
    judge = Judge(daemon, publications)
    scene = Scene(daemon, publications, judge)
    with simulated(process):
        try:
            for step in [*steps, Step(0, "everything comes to rest", f"end {seed}")]:
                told.lines.append(f"{step.number:4} {step.kind}")
                told.lines[-1] += f": {scene.play(step)}".replace(str(home), "home")
                tell(told.lines[-1])
        except Exception:
            told.violation = traceback.format_exc().replace(str(home), "home")
        finally:
            publications.stop()
            process.let_go()
            shutil.rmtree(home)
    told.deaths, told.cpu_seconds = process.deaths, time.process_time() - began
    return told


@dataclass
class Scene:
    """Who acts in a story."""

    daemon: Daemon
    publications: Publications
    judge: Judge

    def play(self, step: Step) -> str:
        """One step; what happened, in words."""
        dice, process = step.dice(), self.daemon.process
        # Some steps share an instant, others come after what a failed run waits for.
        process.world.now += timedelta(seconds=dice.choice((0, 0, 15, 40)))
        if step.kind in OUTSIDE:
            return OUTSIDE[step.kind](process.world, dice)
        if step.kind in SETTINGS:
            self.publications.retire()
            return SETTINGS[step.kind](process, dice)
        if step.kind in BY_HAND:
            return self.suffer(BY_HAND[step.kind], process, dice)
        if step.kind in TICKS:
            return self.suffer(TICKS[step.kind], self.daemon, dice)
        if step.kind in PUBLISHED:
            deaths = process.deaths
            said = self.suffer(PUBLISHED[step.kind], self.publications, dice)
            if process.deaths > deaths:
                self.publications.serve_again()
            self.judge.unchanged()
            self.judge.readers(moved=step.kind in MOVES_READERS)
            return said
        self.rest(dice)
        return "as it must be"

    def suffer(self, act: Callable[[Actor, random.Random], str], actor: Actor, dice: random.Random) -> str:
        """Do it among faults; a death or a refusal ends the step and nothing else."""
        faults, said = Faults.drawn(dice), ""
        with self.daemon.process.suffering(faults, dice):
            try:
                self.settle_who_opens(dice)
                said = act(actor, dice)
            except (*EXPECTED, *OF_A_STORE) as error:
                if not isinstance(error, EXPECTED) and not faults.has_met_the_store:
                    raise
                said = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        self.judge.look()
        if faults.is_dead:
            decisive = "decisive " if faults.counts_decisive else ""
            said = f"died {faults.how} {decisive}statement {faults.statements}, request {faults.requests}"
        return said

    def settle_who_opens(self, dice: random.Random) -> None:
        """Mostly the warehouse stays open from step to step; sometimes each part of a step opens it, and readers come first."""
        process = self.daemon.process
        if process.is_born and dice.random() < 0.95:
            process.hold()
        else:
            process.let_go()

    def rest(self, dice: random.Random) -> None:
        """Everything comes to rest and is judged."""
        self.daemon.process.world.now += timedelta(minutes=2)
        self.daemon.process.hold()
        come_to_rest(self.daemon)
        year = operators.some_year(self.daemon.process, dice)
        if dice.random() < 0.5:
            self.judge.served(year)
        self.judge.judge(dice)
        if dice.random() < 0.3:
            self.judge.published(year)
