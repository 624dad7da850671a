"""Whatever goes wrong, once nothing does any more every number is right: stories of the simulation (`tests/simulation/`).

`python -m tests.simulation` plays many of them, and longer ones. A failing test names the command that plays its story again and shrinks it.
"""

import os
from collections.abc import Sequence

import pytest

from tests.examples import first
from tests.simulation.play import BY_HAND, OUTSIDE, PUBLISHED, SETTINGS, TICKS, play
from tests.simulation.shrink import shortest
from tests.simulation.story import WEIGHTS, Step, drawn, only

pytestmark = pytest.mark.proof

# Stories for every run of the tests are shorter than those of `python -m tests.simulation`, so that all of them take half a minute.
STEPS = 40
FRESH = int(os.environ["SIMULATION_SEED"])


def must_hold(seed: int, engine: str = "duckdb", steps: int = STEPS) -> None:
    """Play a seed; the failure says how to play it again."""
    told = play(seed, engine, drawn(seed, steps))
    command = f"python -m tests.simulation --seed {seed} --engine {engine} --steps {steps}"
    assert not told.violation, "\n".join([command, *told.lines, told.violation])


@pytest.mark.parametrize("seed", first(10, range(20)))
def test_every_number_is_right_after_any_of_these_stories(seed: int) -> None:
    """The same ten every time."""
    must_hold(seed)


@pytest.mark.parametrize("number", range(4))
def test_every_number_is_right_after_stories_nobody_has_seen(number: int) -> None:
    """Other ones every time; the run prints the first of their seeds."""
    must_hold(FRESH + number)


@pytest.mark.clickhouse
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_number_is_right_on_clickhouse_too(seed: int) -> None:
    """The same stories on the other engine."""
    must_hold(seed, "chdb")


@pytest.mark.clickhouse
def test_an_edition_whose_swap_was_killed_is_not_published() -> None:
    """What is left of a story that found it: customers stood twice, and whoever published was told to report a defect."""
    seed = 67532154
    story = {
        13: "events happen",
        17: "a region exports",
        20: "everything comes to rest",
        41: "a writer drops a file",
        54: "the import sensor ticks",
        56: "the follow-up sensor ticks",
        59: "the follow-up sensor ticks",
        77: "an edition is published",
    }
    # With the details of step 237 the refresh dies in its swap.
    details = {number: number for number in story} | {59: 237}
    told = play(seed, "chdb", [Step(n, kind, f"step {seed} {details[n]}") for n, kind in story.items()])
    assert not told.violation
    assert told.lines[6].endswith("died inside decisive statement 3, request 0")
    assert told.lines[7].endswith("EditionNotWhole: The 2024 edition cannot be read just now.")


def test_a_seed_decides_everything() -> None:
    """Played twice it is the same story, word for word, deaths included."""
    # A request of this one fails while others of its kind would be under way in threads.
    first, second = (play(4711, "duckdb", drawn(4711, 60)) for _ in range(2))
    assert first == second
    assert first.deaths
    assert first.lines[:30] != play(8, "duckdb", drawn(8, 30)).lines[:30]


def test_a_step_means_the_same_whatever_else_is_left_out() -> None:
    """Otherwise no story could be shrunk."""
    steps = drawn(3, 60)
    some = only(steps, [7, 20, 41])
    assert [step.dice().random() for step in some] == [steps[n - 1].dice().random() for n in (7, 20, 41)]
    assert some == only(drawn(3, 50), [7, 20, 41])


def test_every_kind_of_step_is_drawn_and_can_be_played() -> None:
    """None is forgotten on either side."""
    kinds = {*OUTSIDE, *SETTINGS, *BY_HAND, *TICKS, *PUBLISHED, "everything comes to rest"}
    assert {step.kind for seed in range(9) for step in drawn(seed, 100)} == WEIGHTS.keys() == kinds


def test_a_failing_story_shrinks_to_what_it_needs() -> None:
    """Of a hundred steps the two that together break it are left."""
    steps = [Step(number, "time passes", "") for number in range(1, 101)]

    def fails(some: Sequence[Step]) -> bool:
        return {17, 80} <= {step.number for step in some}

    assert [step.number for step in shortest(steps, fails)] == [17, 80]
