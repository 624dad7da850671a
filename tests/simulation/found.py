"""The stories of defects that the simulation found, each as short as it could be made, with its cause.

A step's details follow from the seed and its number alone, so these stay what they are when other steps are added.
"""

from dataclasses import dataclass

from tests.simulation.story import Step


@dataclass(frozen=True)
class Found:
    """A story that failed once: the seed of its world, the engine, and its steps by their numbers."""

    cause: str
    seed: int
    engine: str
    told: dict[int, str]

    @property
    def steps(self) -> list[Step]:
        """The story."""
        return [Step(number, kind, f"step {self.seed} {number}") for number, kind in self.told.items()]


FOUND: list[Found] = []
