"""Playing a story: every step in turn, with its faults, and the judge whenever everything has come to rest."""

import random
import shutil
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.pipeline import SECRET
from tests.simulation import operators, published, writers
from tests.simulation.bucket import Obstore
from tests.simulation.faults import Faults
from tests.simulation.judge import Judge, come_to_rest
from tests.simulation.operators import Daemon
from tests.simulation.process import EXPECTED, Process
from tests.simulation.published import Publications
from tests.simulation.story import Step, drawn
from tests.simulation.world import World
from wrapped_assets.publication import bucket as publication_bucket
from wrapped_assets.resources import landing_store
from wrapped_assets.serving import fresh


MEMORY = Path("/dev/shm")  # noqa: S108


@dataclass
class Told:
    """What came of a story: a line for each step, and what did not hold, if something did not."""

    lines: list[str] = field(default_factory=list)
    violation: str = ""
    deaths: int = 0


@contextmanager
def simulated(world: World) -> Iterator[None]:
    """The project's modules with the simulated store and clock in their places; threads would make the order chance."""
    kept = landing_store.obstore, landing_store.AT_ONCE, publication_bucket.BucketStore.at_once, fresh.monotonic
    simulation = Obstore()
    landing_store.obstore = publication_bucket.obstore = simulation  # type: ignore[assignment]
    landing_store.AT_ONCE, publication_bucket.BucketStore.at_once = 1, 1
    fresh.monotonic = lambda: world.now.timestamp()  # noqa: DTZ
    try:
        yield
    finally:
        landing_store.obstore = publication_bucket.obstore = kept[0]
        landing_store.AT_ONCE, publication_bucket.BucketStore.at_once, fresh.monotonic = kept[1:]


def play(seed: int, engine: str, steps: Sequence[Step]) -> Told:
    """Play these steps in the seed's world, and let everything come to rest at the end."""
    told = Told()
    # In memory where there is such a place: a commit waits for the disk three times as long as it works.
    home = Path(tempfile.mkdtemp(prefix="simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    world = World.of(seed)
    process = Process(home, engine, world, SECRET)
    daemon = Daemon(process)
    publications = Publications(process)
    judge = Judge(daemon, publications)
    scene = Scene(daemon, publications, judge)
    with simulated(world):
        try:
            for step in [*steps, Step(0, "everything comes to rest", f"end {seed}")]:
                told.lines.append(f"{step.number:4} {step.kind}")
                told.lines[-1] += f": {scene.play(step)}"
        except Exception:
            told.violation = traceback.format_exc()
        finally:
            publications.stop()
            shutil.rmtree(home)
    told.deaths = process.deaths
    return told


@dataclass
class Scene:
    """Who acts in a story."""

    daemon: Daemon
    publications: Publications
    judge: Judge

    def play(self, step: Step) -> str:
        """One step; what happened, in words."""
        if step.kind == "everything comes to rest":
            self.rest(step.dice())
            return "as it must be"
        dice = step.dice()
        name = step.kind.replace(" ", "_").replace("-", "_")
        world, process = self.daemon.process.world, self.daemon.process
        if name in ("days_are_backfilled", "a_layer_is_refreshed", "everything_is_rebuilt", "two_runs_race"):
            return self.suffer(getattr(operators, name), process, dice)
        if name.endswith("_ticks"):
            return self.suffer(getattr(operators, name), self.daemon, dice)
        if hasattr(published, name):
            said = self.suffer(getattr(published, name), self.publications, dice)
            self.judge.unchanged()
            return said
        if name == "a_region_exports":
            return self.suffer(writers.a_region_exports, process, dice)
        if hasattr(operators, name):
            if name == "the_secret_is_changed":
                self.publications.stop()
            return str(getattr(operators, name)(process, dice))
        return str(getattr(writers, name)(world, dice))

    def suffer(self, act, actor, dice: random.Random) -> str:  # type: ignore[no-untyped-def]
        """Do it among faults; a death or a refusal ends the step and nothing else."""
        faults, said = operators.faults(dice), "died"
        with self.daemon.process.suffering(faults, dice):
            try:
                with self.opened(dice):
                    said = act(actor, dice)
            except EXPECTED as error:
                said = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        self.judge.look()
        if faults.is_dead:
            said = f"died {faults.how} statement {faults.statements}, request {faults.requests}"
        return said

    def opened(self, dice: random.Random) -> AbstractContextManager[None]:
        """Mostly the warehouse is opened once for a step; sometimes by each of its parts, and by readers first."""
        process = self.daemon.process
        return process.holding() if process.is_born and dice.random() < 0.8 else nullcontext()

    def rest(self, dice: random.Random) -> None:
        """Everything comes to rest and is judged."""
        self.daemon.process.world.now += timedelta(minutes=2)
        with self.daemon.process.holding():
            come_to_rest(self.daemon)
            self.judge.judge(dice)
            year = self.daemon.process.now.year - dice.choice((0, 0, 1))
            if dice.random() < 0.5:
                self.publications.serve(year, self.daemon.process.home)
            if dice.random() < 0.3:
                self.judge.published(year)


__all__ = ["Faults", "drawn", "play"]
